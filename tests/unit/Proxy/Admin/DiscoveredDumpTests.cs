using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Discovery;
using Intercept.Proxy.Admin;
using Intercept.Runtime.Http;
using Intercept.Tests.Unit.Proxy.Plans;
using Intercept.Tests.Unit.Runtime;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Proxy.Admin;

/// <summary>What /config_dump says of a control plane: versions, what was refused, what has no effect, and no key.</summary>
public sealed class DiscoveredDumpTests
{
    private const string Url = "type.googleapis.com/envoy.config.";

    private readonly StateUnderTest _state = new();

    [Fact]
    public void Clusters_of_a_control_plane_are_told_from_those_of_the_bootstrap()
    {
        var dump = Dump()["ClustersConfigDump"];

        Assert.Equal("static", (string?)Assert.Single(dump["static_clusters"]!.AsArray())!["cluster"]!["name"]);
        var active = Assert.Single(dump["dynamic_active_clusters"]!.AsArray())!;
        Assert.Equal(("discovered", "v7"), ((string?)active["cluster"]!["name"], (string?)active["version_info"]));
        Assert.Equal("LEAST_REQUEST", (string?)active["cluster"]!["lb_policy"]);
        Assert.Equal("lb_policy 'MAGLEV' is not supported", (string?)active["error_state"]!["details"]);
        Assert.Equal("tlsMode-istio", (string?)active["cluster"]!["transport_socket_matches"]![0]!["name"]);
        Assert.Equal(["warming", "never"], dump["dynamic_warming_clusters"]!.AsArray().Select(cluster => (string?)cluster!["cluster"]!["name"]));
    }

    [Fact]
    public void A_listener_that_was_refused_is_there_with_the_reasons()
    {
        var listeners = Dump()["ListenersConfigDump"]["dynamic_listeners"]!.AsArray();

        Assert.Equal(["10.0.0.1_80", "refused"], listeners.Select(listener => (string?)listener!["name"]));
        Assert.Equal("false", listeners[0]!["active_state"]!["listener"]!["bind_to_port"]!.ToJsonString());
        Assert.Null(listeners[1]!["active_state"]);
        Assert.Equal("a; b", (string?)listeners[1]!["error_state"]!["details"]);
    }

    [Fact]
    public void Endpoints_are_dumped_when_they_are_asked_for()
    {
        Assert.False(Dump().ContainsKey("EndpointsConfigDump"));
        var endpoints = Assert.Single(Dump("include_eds")["EndpointsConfigDump"]["dynamic_endpoint_configs"]!.AsArray())!;

        Assert.Equal("e3", (string?)endpoints["version_info"]);
        var host = endpoints["endpoint_config"]!["endpoints"]![0]!["lb_endpoints"]![0]!;
        Assert.Equal("istio", (string?)host["metadata"]!["filter_metadata"]!["envoy.transport_socket_match"]!["tlsMode"]);
    }

    [Fact]
    public void Secrets_are_dumped_without_their_keys()
    {
        using var authority = new TestAuthority();
        var (chain, key) = authority.Issue("spiffe://cluster.local/a");
        _state.AllSecrets.Add(PlanScene.Certificate("default", (chain, key)));
        _state.AllSecrets.Add(PlanScene.Roots(authority));
        var secrets = Dump()["SecretsConfigDump"]["dynamic_active_secrets"]!.AsArray();

        Assert.Equal(["ROOTCA", "default"], secrets.Select(secret => (string?)secret!["name"]));
        Assert.Equal(Text(authority.Bundle), Inline(secrets[0]!["secret"]!["validation_context"]!["trusted_ca"]!));
        Assert.Equal(Text(chain), Inline(secrets[1]!["secret"]!["tls_certificate"]!["certificate_chain"]!));
        Assert.Equal("[redacted]", Inline(secrets[1]!["secret"]!["tls_certificate"]!["private_key"]!));
    }

    [Fact]
    public void What_has_no_effect_is_listed_with_the_reason()
    {
        var ignored = Assert.Single(JsonNode.Parse(Get("/config_dump"))!["ignored_features"]!.AsArray())!;

        Assert.Equal(("outlier_detection", "has no bearing on security", 3), ((string?)ignored["field"], (string?)ignored["reason"], (int?)ignored["resources"]));
    }

    [Fact]
    public void Readiness_says_what_it_waits_for()
    {
        _state.State = Intercept.Proxy.Admin.State.ServerState.Initializing;
        _state.WaitsFor = "the control plane (istiod:15012: connection refused)";

        Assert.Equal("INITIALIZING (waiting for the control plane (istiod:15012: connection refused))\n", Get("/ready"));
    }

    [Fact]
    public void The_control_plane_has_a_page()
    {
        _state.ControlPlane = new ControlPlaneStatus { IsConnected = true, ControlPlane = "istiod", Responses = 4, CurrentAsOf = StateUnderTest.Time(0) };
        var page = JsonNode.Parse(Get("/control_plane"))!["control_plane"]!;

        Assert.Equal(("istiod", "4", "2026-11-24T06:44:12.123Z"), ((string?)page["identifier"], (string?)page["responses"], (string?)page["state_as_of"]));
    }

    private static MeshSnapshot Snapshot()
    {
        var istio = new TransportLabels([new TransportLabel("tlsMode", "istio")]);
        var discovered = PlanScene.Cluster("discovered") with
        {
            Type = ClusterType.Eds,
            Balancing = BalancingPolicy.LeastRequest,
            Endpoints = [new UpstreamEndpoint(Intercept.Core.Addressing.NetAddress.LoopbackIPv4, null, 80, 1) { Labels = istio }],
            TransportSocketMatches = [new TransportSocketMatch("tlsMode-istio", istio, PlanScene.Upstream("s")), new TransportSocketMatch("tlsMode-disabled", TransportLabels.None, null)],
        };
        return PlanScene.Snapshot([PlanScene.Listener("static", "127.0.0.1:1"), PlanScene.Listener("10.0.0.1_80", "10.0.0.1:80", isBound: false)], PlanScene.Cluster("static"), discovered) with
        {
            Discovered = new DiscoveredState
            {
                Clusters = Accepted("discovered", "v7"),
                Endpoints = Accepted("discovered", "e3"),
                Listeners = Accepted("10.0.0.1_80", "l1"),
                WarmingClusters = ["warming"],
                Refused =
                [
                    Refused("cluster.v3.Cluster", "discovered", "lb_policy 'MAGLEV' is not supported"),
                    Refused("cluster.v3.Cluster", "never", "x"),
                    Refused("listener.v3.Listener", "refused", "a", "b"),
                ],
                Ignored = [new IgnoredFeature($"{Url}cluster.v3.Cluster", "outlier_detection", "has no bearing on security", 3)],
            },
        };
    }

    private static ImmutableDictionary<string, AcceptedResource> Accepted(string name, string version) =>
        ImmutableDictionary<string, AcceptedResource>.Empty.Add(name, new AcceptedResource(version, default, DateTimeOffset.UnixEpoch));

    private static RefusedResource Refused(string message, string name, params string[] reasons) =>
        new(Url + message, name, "v8", [.. reasons], DateTimeOffset.UnixEpoch);

    private static string Text(Intercept.Runtime.Tls.PemFile file) => Encoding.ASCII.GetString(file.Content.Span);

    private static string Inline(JsonNode source) => Encoding.ASCII.GetString(Convert.FromBase64String((string)source["inline_bytes"]!));

    private string Get(string path, params string[] parameters)
    {
        _state.Configure(Snapshot());
        var answer = new AdminPages(_state, TimeProvider.System).Answer(new HttpRequest
        {
            Method = "GET",
            Path = path,
            Query = [.. parameters.Select(parameter => KeyValuePair.Create(parameter, ""))],
            Host = "",
            IsFromPage = false,
            KeepsConnection = false,
        });
        return Encoding.UTF8.GetString(answer.Body.WrittenSpan);
    }

    private Dictionary<string, JsonNode> Dump(params string[] parameters) =>
        JsonNode.Parse(Get("/config_dump", parameters))!["configs"]!.AsArray().ToDictionary(config => ((string)config!["@type"]!).Split('.')[^1], config => config!);
}
