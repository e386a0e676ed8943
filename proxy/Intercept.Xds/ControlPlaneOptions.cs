using System.Collections.Immutable;

namespace Intercept.Xds;

/// <summary>Which control plane feeds this proxy, and how the two know each other.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>Envoy's initial_fetch_timeout.</summary>
    public static readonly TimeSpan DefaultInitialFetchTimeout = TimeSpan.FromSeconds(15);

    /// <summary>host:port, or unix:/path.</summary>
    public required string Address { get; init; }

    public required ControlPlaneNode Node { get; init; }

    /// <summary>PEM of the authorities that may sign the server's certificate; null is plaintext, to this host only.</summary>
    public string? TrustPath { get; init; }

    /// <summary>The name that the server's certificate must bear; null is the host of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>A bearer token, read again for each connection since it rotates; null sends none.</summary>
    public string? TokenPath { get; init; }

    /// <summary>The ClusterID header, by which istiod knows whose token it is to review.</summary>
    public string? ClusterId { get; init; }

    /// <summary>False speaks state of the world from the start; else it is what is left when the server does not know delta.</summary>
    public bool Delta { get; init; } = true;

    /// <summary>The secrets that another source gives: the control plane is not asked for them, whatever its resources say.</summary>
    public ImmutableHashSet<string> ProvidedSecrets { get; init; } = [];

    /// <summary>Where the last good state is kept for a restart while the control plane is away; null keeps none.</summary>
    public string? CachePath { get; init; }

    /// <summary>How long to wait for listeners and clusters before they count as absent; zero waits for ever.</summary>
    public TimeSpan InitialFetchTimeout { get; init; } = DefaultInitialFetchTimeout;
}
