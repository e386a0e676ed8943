using System.Text.Json.Nodes;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Proxy.Admin;
using Intercept.Tests.Unit.Runtime;
using Intercept.Tests.Unit.Xds;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Proxy.Admin;

/// <summary>What is dumped is what is in effect: fed to the reader again, it is the same configuration.</summary>
public sealed class ConfigDumpTests
{
    [Theory]
    [InlineData("client-sidecar.yaml")]
    [InlineData("server-sidecar.yaml")]
    [InlineData("permissive.yaml")]
    [InlineData("disable.json")]
    [InlineData("complete.yaml")]
    public async Task A_dump_configures_the_same_again(string name) => await AssertSameAgainAsync(Bootstraps.Read(name));

    [Fact]
    public async Task A_dump_holds_every_kind_of_rule_and_matcher()
    {
        const string Rules = """
            and_rules: { rules: [{ destination_ip: { address_prefix: "fd00::", prefix_len: 8 } }, { not_rule: { destination_port_range: { start: 1, end: 65536 } } }, { or_rules: { rules: [{ destination_port: 80 }, { requested_server_name: { safe_regex: { regex: "[a-c]+x" } } }, { requested_server_name: { exact: "" } }, { requested_server_name: { suffix: .shop, ignore_case: true } }] } }] }
            """;
        const string Ids = """
            and_ids: { ids: [{ remote_ip: { address_prefix: 10.0.0.0, prefix_len: 8 } }, { not_id: { authenticated: {} } }, { or_ids: { ids: [{ authenticated: { principal_name: { contains: "/sa/" } } }, { any: true }] } }] }
            """;
        var text = Bootstraps.Text("server-sidecar.yaml");
        var overlay = $$"""
            static_resources:
              listeners:
                - name: everything
                  address: { socket_address: { address: 127.0.0.9, port_value: 15099 } }
                  transparent: true
                  continue_on_listener_filters_timeout: true
                  listener_filters_timeout: 0.0000001s
                  filter_chains:
                    - name: rules
                      filter_chain_match: { source_prefix_ranges: [{ address_prefix: 10.0.0.0, prefix_len: 8 }], source_ports: [7, 8], application_protocols: [istio] }
                      transport_socket_connect_timeout: 1.5s
                      filters:
                        - name: rbac
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                            stat_prefix: x
                            rules: { action: LOG, policies: { "a b": { permissions: [{ {{Rules.Trim()}} }], principals: [{ {{Ids.Trim()}} }] } } }
                        - name: none
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC
                            stat_prefix: y
                            rules: { action: ALLOW }
                        - name: tcp
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                            stat_prefix: z
                            cluster: elsewhere
                            idle_timeout: 0s
              clusters:
                - { name: elsewhere, type: STRICT_DNS, dns_refresh_rate: 61.25s, load_assignment: { cluster_name: elsewhere, endpoints: [{ lb_endpoints: [{ load_balancing_weight: 5, endpoint: { address: { socket_address: { address: db.shop, port_value: 5432 } } } }] }] } }
                - { name: moved, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, original_dst_lb_config: { upstream_port_override: 15008 }, circuit_breakers: { thresholds: [{ max_connections: 7 }] } }
            """;
        var result = BootstrapReader.Read(new BootstrapInput("server-sidecar.yaml", text, overlay));
        Assert.Empty(result.Problems);

        await AssertSameAgainAsync(result.Snapshot!);
    }

    [Fact]
    public async Task A_dump_keeps_that_sessions_are_not_resumed()
    {
        var text = Bootstraps.Text("complete.yaml").Replace("sni: db.shop.svc", "sni: db.shop.svc\n          max_session_keys: 0", StringComparison.Ordinal)
            .Replace("require_client_certificate:", "disable_stateless_session_resumption: true\n              require_client_certificate:", StringComparison.Ordinal);
        var snapshot = Bootstraps.Accept("complete.yaml", text);
        Assert.Contains(snapshot.Clusters.Values, cluster => cluster.Tls is { ResumesSessions: false });
        Assert.Contains(snapshot.Listeners.SelectMany(listener => listener.FilterChains), chain => chain.Tls is { ResumesSessions: false });
        await AssertSameAgainAsync(snapshot);
    }

    private static async Task AssertSameAgainAsync(MeshSnapshot snapshot)
    {
        using var fixture = new LoopFixture();
        var state = new StateUnderTest();
        state.Configure(snapshot);
        using var server = AdminServer.TryStart(
            fixture.Loop, new NetEndpoint(NetAddress.LoopbackIPv6, 0), state, TimeProvider.System, new RecordedLog(), out var why);
        Assert.True(server is not null, why);
        using var client = new HttpClient { Timeout = Patience.WithATask };
        var dump = JsonNode.Parse(await client.GetStringAsync(new Uri($"http://{server.LocalEndpoint}/config_dump")))!;

        var again = BootstrapReader.Read("dump.json", ToBootstrap(dump));
        Assert.Empty(again.Problems);
        Assert.Equal(snapshot.Node, again.Snapshot!.Node);
        Assert.Equal(snapshot.Admin, again.Snapshot.Admin);
        Assert.Equal(snapshot.Listeners.AsEnumerable(), again.Snapshot.Listeners.AsEnumerable());
        Assert.Equal(snapshot.Clusters.Values.OrderBy(cluster => cluster.Name), again.Snapshot.Clusters.Values.OrderBy(cluster => cluster.Name));
    }

    private static string ToBootstrap(JsonNode dump)
    {
        var configs = dump["configs"]!.AsArray();
        var bootstrap = Section(configs, "BootstrapConfigDump")["bootstrap"]!.DeepClone().AsObject();
        bootstrap["static_resources"] = new JsonObject
        {
            ["listeners"] = Resources(Section(configs, "ListenersConfigDump")["static_listeners"], "listener"),
            ["clusters"] = Resources(Section(configs, "ClustersConfigDump")["static_clusters"], "cluster"),
        };
        return bootstrap.ToJsonString();
    }

    private static JsonNode Section(JsonArray configs, string name) =>
        configs.First(config => config!["@type"]!.GetValue<string>() == $"type.googleapis.com/envoy.admin.v3.{name}")!;

    private static JsonArray Resources(JsonNode? list, string name) => [.. (list?.AsArray() ?? []).Select(entry =>
    {
        var resource = entry![name]!.DeepClone().AsObject();
        resource.Remove("@type");
        return (JsonNode)resource;
    })];
}
