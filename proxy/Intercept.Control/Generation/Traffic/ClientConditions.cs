using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Traffic;

/// <summary>The conditions of a VirtualService's match that are known before anything is sent: who calls, and on which port.</summary>
internal static class ClientConditions
{
    public static bool Hold(ConnectionMatch match, ProxyScope scope, int port) =>
        Hold(match.Port, match.SourceLabels, match.SourceNamespace, match.Gateways, scope, port);

    public static bool Hold(HttpMatch match, ProxyScope scope, int port) =>
        Hold(match.Port, match.SourceLabels, match.SourceNamespace, match.Gateways, scope, port);

    /// <summary>Whether a match asks nothing of the request itself.</summary>
    public static bool AreAll(HttpMatch match) =>
        match.Uri is null or { Kind: TextMatchKind.Prefix, Value: "/" }
        && match.Scheme is null && match.Method is null && match.Authority is null
        && match.Headers.IsEmpty && match.WithoutHeaders.IsEmpty && match.QueryParameters.IsEmpty;

    private static bool Hold(
        int? wanted, ValueMap<string> labels, string? sourceNamespace, ValueList<string> gateways, ProxyScope scope, int port) =>
        (wanted is null || wanted == port)
        && (sourceNamespace is null || sourceNamespace == scope.Namespace)
        && (gateways.IsEmpty || gateways.Contains(VirtualService.MeshGateway))
        && (labels.IsEmpty || new WorkloadSelector(labels).Matches(scope.Labels));
}
