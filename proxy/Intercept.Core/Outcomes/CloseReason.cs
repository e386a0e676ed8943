namespace Intercept.Core.Outcomes;

/// <summary>
/// Why a connection ended. Set once, the first wins; its name (snake_case, see <see cref="CloseReasons"/>) is the
/// access-log flag and the metric label. Numbers are stable: 1xx downstream, 2xx upstream, 3xx policy, 4xx TLS,
/// 5xx lifecycle, 6xx capture and configuration, 9xx internal.
/// </summary>
public enum CloseReason : ushort
{
    None = 0,

    DownstreamClosed = 100,
    DownstreamReset = 101,
    DownstreamIdleTimeout = 102,
    DownstreamListenerTimeout = 103,
    DownstreamOverLimit = 104,

    UpstreamClosed = 200,
    UpstreamReset = 201,
    UpstreamConnectRefused = 202,
    UpstreamConnectTimeout = 203,
    UpstreamUnreachable = 204,
    UpstreamNoHealthyEndpoint = 205,
    UpstreamOverLimit = 206,

    PolicyDenied = 300,
    PolicyChanged = 301,

    TlsDownstreamHandshakeFailed = 400,
    TlsDownstreamHandshakeTimeout = 401,
    TlsDownstreamPlaintextRefused = 402,
    TlsDownstreamNoCertificate = 403,
    TlsDownstreamPeerRefused = 404,
    TlsDownstreamError = 405,
    TlsUpstreamHandshakeFailed = 410,
    TlsUpstreamHandshakeTimeout = 411,
    TlsUpstreamPeerRefused = 412,
    TlsUpstreamError = 413,

    Drained = 500,
    ConfigurationRemoved = 501,

    /// <summary>Our certificate, or the peer's, was about to expire: no connection outlives what it was made with.</summary>
    CertificateExpiring = 502,

    NoOriginalDestination = 600,
    OriginalDestinationIsListener = 601,
    NoFilterChain = 602,
    NoCluster = 603,

    /// <summary>The configuration of its listener was refused, and there is none before it to go on with.</summary>
    ListenerRefused = 604,

    /// <summary>TLS is asked for with a certificate or a trust bundle that has not come yet.</summary>
    SecretMissing = 605,

    InternalError = 900,
    OutOfDescriptors = 901,
}
