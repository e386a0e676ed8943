namespace Intercept.Tests.Unit.Xds;

/// <summary>Clusters, their endpoints, and the ways into them.</summary>
public sealed class BadClusterTests
{
    private const string Mesh = "static_resources.clusters[0]";
    private const string Local = "static_resources.clusters[1]";
    private const string Named = "static_resources.clusters[2]";
    private const string LocalHost = $"{Local}.load_assignment.endpoints[0].lb_endpoints[0]";
    private const string LocalText = "              - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: 5432 } } }\n";

    [Fact]
    public void A_cluster_that_is_not_there_is_refused_with_the_nearest_name() => Broken.Refuses(
        "                cluster: mesh\n",
        "§                cluster: mehs\n",
        new BadField(
            "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.cluster",
            "mehs",
            "is not a cluster of this configuration; did you mean 'mesh'?",
            "the name of a cluster in static_resources.clusters"));

    [Fact]
    public void So_is_one_among_weighted_clusters() => Broken.Refuses(
        "{ name: named, weight: 10 }",
        "{ name: §elsewhere, weight: 10 }",
        new BadField(
            "static_resources.listeners[0].filter_chains[1].filters[0].typed_config.weighted_clusters.clusters[1].name",
            "elsewhere",
            "is not a cluster of this configuration",
            "the name of a cluster in static_resources.clusters"));

    [Theory]
    [InlineData("weight: 0")]
    [InlineData("")]
    public void A_weight_of_nothing_is_refused(string weight) => Broken.Refuses(
        "{ name: named, weight: 10 }",
        $"§{{ name: named, {weight} }}",
        new BadField(
            "static_resources.listeners[0].filter_chains[1].filters[0].typed_config.weighted_clusters.clusters[1].weight",
            "0",
            "is not a weight",
            "a number from 1 to 4294967295"));

    [Fact]
    public void Two_clusters_have_two_names() => Broken.Refuses(
        "    - name: named\n      type: STRICT_DNS\n",
        "    - name: named\n      type: STRICT_DNS\n      load_assignment: { cluster_name: x, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: a, port_value: 1 } } } }] }] }\n"
        + "    - §name: named\n      type: STRICT_DNS\n",
        new BadField("static_resources.clusters[3].name", "named", "names two clusters", "names that differ"));

    [Theory]
    [InlineData("127.0.0.1, port_value: 15006", "127.0.0.1:15006", "inbound")]
    [InlineData("127.8.8.8, port_value: 15006", "127.8.8.8:15006", "inbound")]
    [InlineData("0.0.0.0, port_value: 15006", "0.0.0.0:15006", "inbound")]
    [InlineData("127.0.0.1, port_value: 15001", "127.0.0.1:15001", "outbound")]
    public void A_cluster_does_not_lead_back_into_a_listener(string given, string value, string listener) => Broken.Refuses(
        "      load_assignment:\n        cluster_name: local\n        endpoints:\n          - lb_endpoints:\n" + LocalText,
        "§      load_assignment:\n        cluster_name: local\n        endpoints:\n          - lb_endpoints:\n" + LocalText.Replace("127.0.0.1, port_value: 5432", given, StringComparison.Ordinal),
        new BadField($"{Local}.load_assignment", value, $"is the proxy's own listener '{listener}': connections would run in a circle", "another address"));

    [Fact]
    public void An_address_of_another_host_with_the_same_port_is_no_circle() =>
        Bootstraps.Accept(
            "complete.yaml",
            Bootstraps.Text("complete.yaml").Replace("127.0.0.1, port_value: 5432", "10.88.0.9, port_value: 15006", StringComparison.Ordinal));

    [Theory]
    [InlineData("{ address: db.shop.svc, port_value: 5432 }", "address", "db.shop.svc", "is not an address", "an address; names need type STRICT_DNS")]
    [InlineData("{ address: 127.0.0.1, port_value: 0 }", "port_value", "0", "is not a port", "a port from 1 to 65535")]
    [InlineData("{ port_value: 5432 }", "address", null, "is missing", "an address; names need type STRICT_DNS")]
    public void An_endpoint_is_an_address_and_a_port(string given, string field, string? value, string why, string allowed) => Broken.Refuses(
        "{ address: 127.0.0.1, port_value: 5432 }",
        $"§{given}",
        new BadField($"{LocalHost}.endpoint.address.socket_address.{field}", value, why, allowed));

    [Theory]
    [InlineData("redis..svc")]
    [InlineData("-redis")]
    [InlineData("redis svc")]
    public void A_name_to_resolve_is_a_DNS_name(string given) => Broken.Refuses(
        "address: redis.shop.svc",
        $"address: §{given}",
        new BadField($"{Named}.load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.address", given, "is not an address", "a DNS name or an address"));

    [Theory]
    [InlineData("load_balancing_weight: 0", "load_balancing_weight", "0", "is not a weight", "a number from 1 to 4294967295")]
    public void An_endpoint_is_to_be_used(string given, string field, string value, string why, string allowed) => Broken.Refuses(
        "                load_balancing_weight: 2\n",
        $"§                {given}\n",
        new BadField($"{LocalHost}.{field}", value, why, allowed));

    [Theory]
    [InlineData("      type: STATIC\n", "      type: STATIC\n§      lb_policy: MAGLEV\n", "lb_policy", "MAGLEV", "is not supported for this type of cluster", "ROUND_ROBIN, LEAST_REQUEST, RANDOM")]
    [InlineData("      type: STATIC\n", "      type: STATIC\n§      original_dst_lb_config: {}\n", "original_dst_lb_config", null, "has no meaning with this type of cluster", "type: ORIGINAL_DST")]
    [InlineData(
        "      type: STATIC\n", "      type: STATIC\n§      circuit_breakers: { thresholds: [{ max_connections: 0 }] }\n", "circuit_breakers.thresholds[0].max_connections", "0", "would refuse every connection", "a number from 1 to 4294967295")]
    public void A_cluster_says_what_its_type_can_do(string from, string to, string field, string? value, string why, string allowed) =>
        Broken.Refuses(from, to, new BadField($"{Local}.{field}", value, why, allowed));

    [Theory]
    [InlineData("      lb_policy: CLUSTER_PROVIDED\n", "      lb_policy: §ROUND_ROBIN\n", "lb_policy", "ROUND_ROBIN", "is not supported for this type of cluster", "CLUSTER_PROVIDED")]
    [InlineData("      lb_policy: CLUSTER_PROVIDED\n      connect", "      lb_policy: CLUSTER_PROVIDED\n§      load_assignment: {}\n      connect", "load_assignment", null, "has no meaning with type ORIGINAL_DST", "no load_assignment")]
    [InlineData(
        "      lb_policy: CLUSTER_PROVIDED\n      connect",
        "      lb_policy: CLUSTER_PROVIDED\n      original_dst_lb_config: { upstream_port_override: §70000 }\n      connect",
        "original_dst_lb_config.upstream_port_override",
        "70000",
        "is not a port",
        "a port from 1 to 65535")]
    [InlineData("{ address: 127.0.0.6, port_value: 0 }", "{ address: 127.0.0.6, port_value: §99 }", "upstream_bind_config.source_address.port_value", "99", "would let one connection at a time bind it", "0")]
    [InlineData(
        "        source_address: { address: 127.0.0.6, port_value: 0 }\n",
        "        source_address: { address: 127.0.0.6, port_value: 0 }\n        additional_source_addresses: [{ address: §127.0.0.7, port_value: 0 }]\n",
        "upstream_bind_config.additional_source_addresses[0].address",
        "127.0.0.7",
        "is a second source address of its family",
        "one IPv4 and one IPv6 address")]
    public void A_cluster_of_original_destinations_says_what_it_can_do(string from, string to, string field, string? value, string why, string allowed) =>
        Broken.Refuses(from, to, new BadField($"{Mesh}.{field}", value, why, allowed));

    [Fact]
    public void A_cluster_of_the_bootstrap_does_not_wait_for_its_endpoints() => Broken.RefusesText(
        "x.yaml",
        "static_resources:\n  clusters:\n    - name: x\n      §type: EDS\n      eds_cluster_config: { eds_config: { ads: {} } }\n",
        new BadField(
            "static_resources.clusters[0].type",
            "EDS",
            "is for clusters of the control plane: a bootstrap's own have their endpoints in load_assignment",
            "STATIC, STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST"));

    [Fact]
    public void Weights_of_a_cluster_fit_in_32_bits() => Broken.Refuses(
        "        endpoints:\n          - lb_endpoints:\n" + LocalText + "                load_balancing_weight: 2\n",
        "§        endpoints:\n          - lb_endpoints:\n" + LocalText + "                load_balancing_weight: 4294967295\n" + LocalText,
        new BadField($"{Local}.load_assignment.endpoints", null, "have weights that add up to more than 4294967295", "smaller weights"));
}
