using Intercept.Core.Identity;
using Intercept.Xds.Certificates;

namespace Intercept.Xds.Sidecars;

/// <summary>What a sidecar needs to know to be fed: its control plane, its certificate, and who it is.</summary>
public sealed record SidecarConfiguration(ControlPlaneOptions ControlPlane, CertificateProviderOptions Certificates, SpiffeId Identity);
