using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Clusters;

/// <summary>The endpoints of a cluster, by locality.</summary>
internal static class EndpointAssignment
{
    private const string IstioMetadata = "istio";
    private const string NameLabel = "service.istio.io/canonical-name";
    private const string RevisionLabel = "service.istio.io/canonical-revision";

    public static ClusterLoadAssignment Build(ClusterPlan plan, ValueList<ServiceEndpoint> endpoints) =>
        Build(plan.Name, endpoints, plan.Input);

    private static ClusterLoadAssignment Build(string cluster, ValueList<ServiceEndpoint> endpoints, PlanInput input)
    {
        var assignment = new ClusterLoadAssignment { ClusterName = cluster };
        foreach (var locality in endpoints.GroupBy(endpoint => endpoint.Locality, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var hosts = locality.Select(endpoint => ToHost(endpoint, input)).ToList();
            assignment.Endpoints.Add(new LocalityLbEndpoints
            {
                Locality = ToLocality(locality.Key),
                LbEndpoints = { hosts },

                // gRPC clients pass over a locality without a weight.
                LoadBalancingWeight = (uint)Math.Min(hosts.Sum(host => (long)host.LoadBalancingWeight!), uint.MaxValue),
            });
        }

        return assignment;
    }

    public static LbEndpoint ToHost(string address, int port, uint weight) => new()
    {
        Endpoint = new Envoy.Config.Endpoint.V3.Endpoint { Address = Addresses.Of(address, port) },
        LoadBalancingWeight = Math.Max(weight, 1),
    };

    private static LbEndpoint ToHost(ServiceEndpoint endpoint, PlanInput input)
    {
        var host = ToHost(endpoint.Address, endpoint.Port, endpoint.Weight);
        if (input.Dialect == ProxyDialect.Grpc)
        {
            return host;
        }

        var metadata = new Metadata();
        if (MutualTlsEndpoints.Contains(endpoint, input))
        {
            metadata.FilterMetadata.Add(UpstreamTransport.MatchMetadata, new Struct
            {
                Fields = { [UpstreamTransport.TlsMode] = Value.ForString(UpstreamTransport.MutualTls) },
            });
        }

        if (endpoint.Workload is { } workload)
        {
            var revision = endpoint.Labels.GetValueOrDefault(RevisionLabel) ?? endpoint.Labels.GetValueOrDefault("version");
            var name = endpoint.Labels.GetValueOrDefault(NameLabel)
                ?? endpoint.Labels.GetValueOrDefault("app.kubernetes.io/name")
                ?? endpoint.Labels.GetValueOrDefault("app")
                ?? workload.Name;
            metadata.FilterMetadata.Add(IstioMetadata, new Struct
            {
                // WORKLOAD;NAMESPACE;NAME;REVISION;CLUSTER, where the revision "latest" is left out.
                Fields = { ["workload"] = Value.ForString($"{workload.Name};{workload.Namespace};{name};{(revision == "latest" ? "" : revision)};") },
            });
        }

        host.Metadata = metadata.FilterMetadata.Count == 0 ? null : metadata;
        return host;
    }

    private static Locality? ToLocality(string text)
    {
        var parts = text.Split('/');
        return new Locality
        {
            Region = parts[0],
            Zone = parts.Length > 1 ? parts[1] : "",
            SubZone = parts.Length > 2 ? parts[2] : "",
        };
    }
}
