using Intercept.Control.Generation.Security;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Clusters;

internal static class MutualTlsEndpoints
{
    /// <summary>Whether an endpoint has a proxy that takes mutual TLS on its port.</summary>
    public static bool Contains(ServiceEndpoint endpoint, PlanInput input) =>
        endpoint.IsMeshed
        && (input.PeerAuthentications.IsEmpty || PeerAuthenticationChoice.ModeOf(
            input.PeerAuthentications, input.Options.RootNamespace, endpoint.Namespace, endpoint.Labels, endpoint.Port) != MtlsMode.Disable);
}
