namespace Intercept.Runtime.Tls;

/// <summary>The versions that may be spoken, by their number on the wire.</summary>
public enum TlsProtocol
{
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}
