namespace Intercept.Runtime.Tls;

/// <summary>What the first bytes of a connection are.</summary>
public enum ClientHelloStatus : byte
{
    /// <summary>A ClientHello so far, cut off.</summary>
    NeedMore,

    /// <summary>Some other protocol: plaintext.</summary>
    NotTls,

    /// <summary>TLS that no client would send, or a hello beyond the limit.</summary>
    Malformed,

    Done,
}
