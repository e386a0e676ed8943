using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;

namespace Intercept.Xds.Translation;

internal sealed class EndpointTranslator(TranslationScope scope)
{
    private readonly AddressTranslator _addresses = new(scope);

    public ImmutableArray<UpstreamEndpoint> Translate(ClusterLoadAssignment assignment, ClusterType type, string path)
    {
        if (assignment.ClusterName.Length == 0)
        {
            scope.Missing($"{path}.cluster_name", "a name");
        }

        var endpoints = ImmutableArray.CreateBuilder<UpstreamEndpoint>();
        for (var i = 0; i < assignment.Endpoints.Count; i++)
        {
            var locality = assignment.Endpoints[i];
            var localityPath = $"{path}.endpoints[{i}]";
            if (locality.Priority != 0)
            {
                scope.Report($"{localityPath}.priority", $"{locality.Priority}", "is not supported", "0");
            }

            for (var j = 0; j < locality.LbEndpoints.Count; j++)
            {
                if (ToEndpoint(locality.LbEndpoints[j], type, $"{localityPath}.lb_endpoints[{j}]") is { } endpoint)
                {
                    endpoints.Add(endpoint);
                }
            }
        }

        CheckCount(assignment, type, path);
        return endpoints.ToImmutable();
    }

    private void CheckCount(ClusterLoadAssignment assignment, ClusterType type, string path)
    {
        var count = assignment.Endpoints.Sum(locality => locality.LbEndpoints.Count);
        if (type == ClusterType.LogicalDns && count != 1)
        {
            scope.Report($"{path}.endpoints", $"{count} endpoints", "do not fit type LOGICAL_DNS", "exactly one endpoint");
        }
        else if (type == ClusterType.StrictDns && count == 0)
        {
            scope.Missing($"{path}.endpoints", "at least one endpoint");
        }

        // The balancer's arithmetic, and Envoy's rule: weights of a cluster add up to 32 bits.
        if (assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Sum(endpoint => endpoint.LoadBalancingWeight ?? 1L) > uint.MaxValue)
        {
            scope.Report($"{path}.endpoints", null, "have weights that add up to more than 4294967295", "smaller weights");
        }
    }

    private UpstreamEndpoint? ToEndpoint(LbEndpoint host, ClusterType type, string path)
    {
        if (host.HealthStatus is not (HealthStatus.Unknown or HealthStatus.Healthy))
        {
            scope.Report($"{path}.health_status", $"{host.HealthStatus}".ToUpperInvariant(), "is not supported: leave the endpoint out", "UNKNOWN or HEALTHY");
        }

        if (host.LoadBalancingWeight == 0)
        {
            scope.Report($"{path}.load_balancing_weight", "0", "is not a weight", "a number from 1 to 4294967295");
        }

        var socketPath = $"{path}.endpoint.address.socket_address";
        if (host.Endpoint?.Address?.SocketAddress is not { } socket)
        {
            scope.Missing(socketPath, "a socket_address");
            return null;
        }

        var weight = host.LoadBalancingWeight ?? 1;
        var port = _addresses.ToPort(socket, socketPath, allowsZero: false);
        if (NetAddress.TryParse(socket.Address, out var address))
        {
            return port is { } known ? new UpstreamEndpoint(address, null, known, weight) : null;
        }

        var resolves = type is ClusterType.StrictDns or ClusterType.LogicalDns;
        if (!resolves || !IsHostName(socket.Address))
        {
            _addresses.ReportHost(socket, socketPath, resolves ? "a DNS name or an address" : "an address; names need type STRICT_DNS");
            return null;
        }

        return port is { } value ? new UpstreamEndpoint(null, socket.Address, value, weight) : null;
    }

    // RFC 1123 2.1, with the underscore that service names in the field have. 253 characters: RFC 1035 2.3.4 in text form.
    private static bool IsHostName(string name) =>
        name.Length is > 0 and <= 253
        && name.TrimEnd('.').Split('.').All(label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
