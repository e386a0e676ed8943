using Intercept.Control.Model;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>Names of hosts as they are everywhere else in the mesh: complete, and in lower case.</summary>
internal static class Hosts
{
    public static string OfService(string name, string inNamespace, MeshOptions options) => $"{name}.{inNamespace}.svc.{options.ClusterDomain}";

    /// <summary>As Istio does it: a name without any dot is a service of the namespace; every other is complete.</summary>
    public static string Complete(string host, string inNamespace, MeshOptions options) =>
        host is "" or "*" || host.Contains('.', StringComparison.Ordinal)
            ? host.ToLowerInvariant() : OfService(host.ToLowerInvariant(), inNamespace, options);

    public static ValueList<string> Complete(ValueList<string> hosts, string inNamespace, MeshOptions options) =>
        hosts.Select(host => Complete(host, inNamespace, options)).ToValueList();
}
