namespace Intercept.Runtime.Tls;

/// <summary>What is asked of the peer.</summary>
public enum PeerCertificateMode : byte
{
    /// <summary>Nothing. Servers only.</summary>
    None,

    /// <summary>A certificate is checked when shown. Servers only.</summary>
    Requested,

    Required,
}
