using Intercept.Core.Identity;
using Intercept.Xds.Sidecars;
using Intercept.Xds.Transport;

namespace Intercept.Proxy.CommandLine;

/// <summary>Who tells the proxy what to do, and who certifies what it is, as far as the command line says so. Null is not said.</summary>
internal sealed record FeedOptions
{
    public static FeedOptions None { get; } = new();

    /// <summary>--control-plane: instead of the bootstrap's dynamic_resources.</summary>
    public ServerAddress? ControlPlane { get; init; }

    /// <summary>--control-plane-ca: a PEM file.</summary>
    public string? ControlPlaneTrustPath { get; init; }

    /// <summary>--ca: an IstioCertificateService.</summary>
    public ServerAddress? Ca { get; init; }

    /// <summary>--ca-root: a PEM file.</summary>
    public string? CaTrustPath { get; init; }

    /// <summary>--token-file: shown to both.</summary>
    public string? TokenPath { get; init; }

    /// <summary>--workload-api-socket.</summary>
    public string? WorkloadApiSocket { get; init; }

    /// <summary>--sds-socket.</summary>
    public string? SdsSocket { get; init; }

    /// <summary>--spiffe-id: what the certificate of --ca must say.</summary>
    public SpiffeId? Identity { get; init; }

    /// <summary>What the environment of a sidecar says, for whatever the flags do not.</summary>
    public SidecarConfiguration? Sidecar { get; init; }

    /// <summary>--state-dir: where the last good state is kept.</summary>
    public string? StateFolder { get; init; }
}
