namespace Intercept.Capture.Configuration;

/// <summary>
/// What becomes of a datagram where a TCP connection of the same sender to the same address and port would be captured outbound.
/// The proxy carries no UDP: such a datagram passes it by.
/// </summary>
public enum UdpPolicy
{
    /// <summary>Nobody looks.</summary>
    Pass,

    /// <summary>Counted, and passed.</summary>
    Count,

    /// <summary>Counted, and refused so that the sender sees it: a client that tries QUIC first goes on to TCP.</summary>
    Refuse,
}
