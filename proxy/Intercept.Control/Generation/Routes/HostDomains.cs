using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Routes;

/// <summary>By which names a client may call a service.</summary>
internal static class HostDomains
{
    /// <summary>The full name first; then short ones as the client's own DNS search list completes them; then addresses.</summary>
    public static IEnumerable<string> Of(Service service, ProxyScope scope, MeshOptions options)
    {
        yield return service.Host;
        if (service.IsHeadless)
        {
            // A pod of a StatefulSet has a name of its own.
            yield return $"*.{service.Host}";
        }

        var suffix = $".{service.Namespace}.svc.{options.ClusterDomain}";
        if (service.Registry == ServiceRegistry.Kubernetes && service.Host.EndsWith(suffix, StringComparison.Ordinal))
        {
            var name = service.Host[..^suffix.Length];
            if (service.Namespace == scope.Namespace)
            {
                yield return name;
            }

            yield return $"{name}.{service.Namespace}";
            yield return $"{name}.{service.Namespace}.svc";
        }

        foreach (var range in service.Addresses)
        {
            if (range.PrefixLength == range.Network.Width)
            {
                yield return range.IsIPv6 ? $"[{range.Network}]" : range.Network.ToString();
            }
        }
    }
}
