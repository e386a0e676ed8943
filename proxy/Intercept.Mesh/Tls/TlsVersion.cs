namespace Intercept.Mesh.Tls;

/// <summary>The protocol versions that may be allowed. 1.2 only where the configuration says so.</summary>
public enum TlsVersion : byte
{
    Tls12 = 2,
    Tls13 = 3,
}
