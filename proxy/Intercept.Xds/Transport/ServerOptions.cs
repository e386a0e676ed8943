using Intercept.Mesh.Tls;

namespace Intercept.Xds.Transport;

/// <summary>A gRPC server, and how it and we know each other. Files are read again for each connection, since they rotate.</summary>
internal sealed record ServerOptions
{
    public required ServerAddress Address { get; init; }

    /// <summary>PEM of the authorities that may sign the server's certificate; null is plaintext, to this host only.</summary>
    public string? TrustFile { get; init; }

    /// <summary>The name that the server's certificate must bear; null is the host of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Our own certificate, shown over TLS beside the token; asked for at each connection, null is none (yet).</summary>
    public Func<Secret?>? Identity { get; init; }

    /// <summary>A bearer token, sent with each call.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The ClusterID header, by which istiod knows whose token it is to review.</summary>
    public string? ClusterId { get; init; }

    /// <summary>A longer message ends its call.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that is silent for this long is asked whether it lives.</summary>
    public TimeSpan KeepAliveDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the answer to that may take.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
