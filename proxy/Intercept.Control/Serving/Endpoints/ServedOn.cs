namespace Intercept.Control.Serving.Endpoints;

/// <summary>By what door a connection came; a feature of the connection.</summary>
internal enum ServedOn
{
    /// <summary>15010, loopback alone: whoever is on this machine and asks.</summary>
    Plaintext,

    /// <summary>15012: callers show who they are.</summary>
    Tls,

    /// <summary>A Unix socket: the kernel says who calls.</summary>
    UnixSocket,

    /// <summary>15014: metrics, health and status.</summary>
    Status,
}
