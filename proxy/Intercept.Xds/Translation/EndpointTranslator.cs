using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;

namespace Intercept.Xds.Translation;

internal sealed class EndpointTranslator(TranslationScope scope)
{
    private const string MatchKey = "envoy.transport_socket_match";

    private readonly AddressTranslator _addresses = new(scope);
    private bool _hasOtherMetadata;

    public ImmutableArray<UpstreamEndpoint> Translate(ClusterLoadAssignment assignment, ClusterType type, string path)
    {
        if (assignment.ClusterName.Length == 0)
        {
            scope.Missing($"{path}.cluster_name", "a name");
        }

        var byPriority = new SortedDictionary<uint, ImmutableArray<UpstreamEndpoint>.Builder>();
        for (var i = 0; i < assignment.Endpoints.Count; i++)
        {
            var locality = assignment.Endpoints[i];
            if (!byPriority.TryGetValue(locality.Priority, out var endpoints))
            {
                byPriority.Add(locality.Priority, endpoints = ImmutableArray.CreateBuilder<UpstreamEndpoint>(locality.LbEndpoints.Count));
            }

            for (var j = 0; j < locality.LbEndpoints.Count; j++)
            {
                if (ToEndpoint(locality.LbEndpoints[j], type, $"{path}.endpoints[{i}].lb_endpoints[{j}]") is { } endpoint)
                {
                    endpoints.Add(endpoint);
                }
            }
        }

        CheckCount(assignment, type, path);
        return Highest(byPriority, path);
    }

    // Nothing is probed, so that every endpoint counts as healthy, and the first priority that has any takes all.
    private ImmutableArray<UpstreamEndpoint> Highest(SortedDictionary<uint, ImmutableArray<UpstreamEndpoint>.Builder> byPriority, string path)
    {
        var used = byPriority.Values.FirstOrDefault(endpoints => endpoints.Count > 0);
        if (byPriority.Values.Any(endpoints => endpoints.Count > 0 && endpoints != used))
        {
            scope.Ignore($"{path}.endpoints[].priority", "endpoints behind the first priority serve when it has none");
        }

        return used?.DrainToImmutable() ?? [];
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

        // Not to be picked, Envoy says of these; degraded ones are better than none.
        if (host.HealthStatus is HealthStatus.Unhealthy or HealthStatus.Draining or HealthStatus.Timeout)
        {
            return null;
        }

        var labels = ToLabels(host.Metadata, path);
        if (NetAddress.TryParse(socket.Address, out var address))
        {
            return port is { } known ? new UpstreamEndpoint(address, null, known, weight) { Labels = labels } : null;
        }

        var resolves = type is ClusterType.StrictDns or ClusterType.LogicalDns;
        if (!resolves || !IsHostName(socket.Address))
        {
            _addresses.ReportHost(socket, socketPath, resolves ? "a DNS name or an address" : "an address; names need type STRICT_DNS");
            return null;
        }

        return port is { } value ? new UpstreamEndpoint(null, socket.Address, value, weight) { Labels = labels } : null;
    }

    private TransportLabels ToLabels(Metadata? metadata, string path)
    {
        if (metadata is null)
        {
            return TransportLabels.None;
        }

        var says = metadata.FilterMetadata.TryGetValue(MatchKey, out var match);
        if (!_hasOtherMetadata && metadata.FilterMetadata.Count > (says ? 1 : 0))
        {
            _hasOtherMetadata = true;
            scope.Ignore($"{path}.metadata.filter_metadata", $"only {MatchKey} is read");
        }

        return says ? scope.Share(TransportLabelTranslator.ToLabels(match!)) : TransportLabels.None;
    }

    // RFC 1123 2.1, with the underscore that service names in the field have. 253 characters: RFC 1035 2.3.4 in text form.
    private static bool IsHostName(string name) =>
        name.Length is > 0 and <= 253
        && name.TrimEnd('.').Split('.').All(label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
