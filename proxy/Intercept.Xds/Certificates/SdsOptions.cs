using Intercept.Mesh.Tls;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>A secret discovery service on this host: that of Istio's agent, or of SPIRE's.</summary>
public sealed record SdsOptions : CertificateProviderOptions
{
    public required ServerAddress Address { get; init; }

    /// <summary>Who asks, in the first request.</summary>
    public required string NodeId { get; init; }

    /// <summary>The resource with the certificate: "default", or a SPIFFE ID.</summary>
    public string CertificateName { get; init; } = Secret.DefaultName;

    /// <summary>The resource with the roots: "ROOTCA", or the ID of the trust domain.</summary>
    public string TrustName { get; init; } = Secret.RootsName;

    /// <summary>False asks for the state of the world from the start; else it is what is left when the agent does not know delta.</summary>
    public bool Delta { get; init; } = true;

    public override ICertificateProvider Create(TimeProvider time, ILogger logger) => new SdsProvider(this, time, logger);
}
