using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Tls;
using Intercept.Xds;
using Intercept.Xds.Discovery;
using Intercept.Xds.Resources;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>A store with a bootstrap of one listener and one cluster, and what it has published.</summary>
internal sealed class StoreUnderTest
{
    private const string Bootstrap = """
        node: { id: sidecar~10.0.0.1~a.b~b.svc.cluster.local, cluster: a }
        static_resources:
          listeners:
            - name: own
              address: { socket_address: { address: 127.0.0.1, port_value: 15009 } }
              filter_chains:
                - filters:
                    - typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: own, cluster: own }
          clusters:
            - name: own
              type: STATIC
        """;

    /// <param name="provided">The secrets that come from elsewhere.</param>
    public StoreUnderTest(ResourceLimits? limits = null, params string[] provided)
    {
        Static = BootstrapReader.Read("bootstrap.yaml", Bootstrap).Snapshot!;
        Store = new ResourceStore(Static, Secrets, [.. provided], limits ?? ResourceLimits.Default, TimeProvider.System, Published.Add);
    }

    public MeshSnapshot Static { get; }

    public SecretStore Secrets { get; } = new();

    public ResourceStore Store { get; }

    public List<MeshSnapshot> Published { get; } = [];

    public MeshSnapshot Last => Published[^1];

    public string Receive(ResourceBatch batch) => Text(Store.Receive(batch));

    public void Accepts(ResourceType type, params DiscoveredResource[] resources) => Assert.Equal("", Receive(Sent.Batch(type, resources)));

    /// <summary>Past the first state of an empty mesh.</summary>
    public StoreUnderTest Started()
    {
        Accepts(ResourceType.Cluster);
        Accepts(ResourceType.Listener);
        return this;
    }

    public Cluster? Cluster(string name) => Last.Clusters.GetValueOrDefault(name);

    public string Endpoints(string cluster) => string.Join(' ', Cluster(cluster)!.Endpoints.Select(endpoint => $"{endpoint.Address}:{endpoint.Port}"));

    private static string Text(IEnumerable<Problem> problems) => string.Join('\n', problems);
}
