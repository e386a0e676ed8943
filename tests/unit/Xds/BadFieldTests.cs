namespace Intercept.Tests.Unit.Xds;

/// <summary>Fields that are not there, values that are not what they should be, and how several are told at once.</summary>
public sealed class BadFieldTests
{
    private const string Listener = "static_resources.listeners[0]";
    private const string Chain = $"{Listener}.filter_chains[0]";
    private const string UInt32 = "a whole number from 0 to 4294967295";
    private const string Text = "text (put numbers and true or false in quotes)";

    [Fact]
    public void An_unknown_field_is_refused_with_the_nearest_name() => Broken.Refuses(
        "    - name: local\n      type: STATIC\n",
        "    - name: local\n      type: STATIC\n§      conect_timeout: 5s\n",
        new BadField(
            "static_resources.clusters[1].conect_timeout",
            null,
            "is not a field of envoy.config.cluster.v3.Cluster; did you mean 'connect_timeout'?",
            "name, type, eds_cluster_config, connect_timeout, lb_policy, circuit_breakers, dns_refresh_rate, dns_lookup_family, upstream_bind_config, filters, transport_socket, load_assignment, original_dst_lb_config, transport_socket_matches"));

    [Fact]
    public void An_unknown_field_near_to_nothing_gets_no_guess() => Broken.Refuses(
        "node: { id: one, cluster: c }",
        "node: { id: one, cluster: c, §zzzzzzzz: 1 }",
        new BadField("node.zzzzzzzz", null, "is not a field of envoy.config.core.v3.Node", "id, cluster, metadata, locality"));

    [Theory]
    [InlineData("cluster_manager: {}", "cluster_manager", "is an Envoy field that this version does not support")]
    [InlineData("clusterManager: {}", "clusterManager", "is an Envoy field that this version does not support")]
    [InlineData("overload_manager: {}", "overload_manager", "is an Envoy field that this version does not support")]
    public void An_Envoy_field_that_is_not_read_is_refused_by_name(string field, string path, string why) =>
        Broken.Refuses("node: { id: one, cluster: c }\n", $"node: {{ id: one, cluster: c }}\n§{field}\n", new BadField(path, null, why, null));

    [Theory]
    [InlineData("allow_expired_certificate: true", "would weaken the verification of peers")]
    [InlineData("trust_chain_verification: ACCEPT_UNTRUSTED", "would weaken the verification of peers")]
    [InlineData("crl: { filename: /certs/crl.pem }", "is an Envoy field that this version does not support")]
    public void A_field_that_would_change_who_is_believed_is_refused(string field, string why) => Broken.Refuses(
        "                validation_context:\n                  trusted_ca",
        $"                validation_context:\n§                  {field}\n                  trusted_ca",
        new BadField(
            $"static_resources.listeners[1].filter_chains[0].transport_socket.typed_config.common_tls_context.validation_context.{field[..field.IndexOf(':', StringComparison.Ordinal)]}",
            null,
            why,
            null));

    [Fact]
    public void Shadow_rules_are_not_taken_for_rules() => Broken.Refuses(
        "                rules:\n                  action: ALLOW",
        "                rules: {}\n§                shadow_rules:\n                  action: ALLOW",
        new BadField("static_resources.listeners[1].filter_chains[0].filters[0].typed_config.shadow_rules", null, "is an Envoy field that this version does not support", null));

    [Theory]
    [InlineData("[127.0.0.1]", null, "is a list, not a value", Text)]
    [InlineData("{ a: b }", null, "is a mapping, not a value", Text)]
    [InlineData("127", "127", "is not text", Text)]
    [InlineData("true", "true", "is not text", Text)]
    public void Text_is_text(string given, string? value, string why, string allowed) => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15001 }",
        $"socket_address: {{ address: §{given}, port_value: 15001 }}",
        new BadField($"{Listener}.address.socket_address.address", value, why, allowed));

    [Theory]
    [InlineData("http", "http")]
    [InlineData("-1", "-1")]
    [InlineData("+1", "+1")]
    [InlineData("015001", "015001")]
    [InlineData("1.5", "1.5")]
    [InlineData("4294967296", "4294967296")]
    [InlineData("0x3a99", "0x3a99")]
    public void A_number_is_a_number(string given, string value) => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15001 }",
        $"socket_address: {{ address: 127.0.0.1, port_value: §{given} }}",
        new BadField($"{Listener}.address.socket_address.port_value", value, "is not a whole number in range", UInt32));

    [Theory]
    [InlineData("", "has no value", "seconds with 's', such as 5s or 0.25s, or leave the field out", null)]
    [InlineData("~", "has no value", "seconds with 's', such as 5s or 0.25s, or leave the field out", null)]
    [InlineData("5", "is not a duration", "seconds with 's', such as 5s or 0.25s", "5")]
    [InlineData("-5s", "is not a duration", "seconds with 's', such as 5s or 0.25s", "-5s")]
    [InlineData("5ms", "is not a duration", "seconds with 's', such as 5s or 0.25s", "5ms")]
    [InlineData("5.s", "is not a duration", "seconds with 's', such as 5s or 0.25s", "5.s")]
    [InlineData("0.0000000001s", "is not a duration", "seconds with 's', such as 5s or 0.25s", "0.0000000001s")]
    [InlineData("0s", "is too short", "at least 0.001s", "0s")]
    [InlineData("0.0009s", "is too short", "at least 0.001s", "0.0009s")]
    public void A_time_is_seconds(string given, string why, string allowed, string? value) => Broken.Refuses(
        "connect_timeout: 5s", $"connect_timeout: §{given}", new BadField("static_resources.clusters[0].connect_timeout", value, why, allowed));

    [Theory]
    [InlineData("yes", "yes")]
    [InlineData("1", "1")]
    [InlineData("\"true\"", "true")]
    [InlineData("True", "True")]
    public void True_and_false_are_true_and_false(string given, string value) => Broken.Refuses(
        "require_client_certificate: true",
        $"require_client_certificate: §{given}",
        new BadField(
            "static_resources.listeners[1].filter_chains[0].transport_socket.typed_config.require_client_certificate", value, "is not true or false", "true or false"));

    [Theory]
    [InlineData("allow")]
    [InlineData("7")]
    public void A_name_of_a_list_is_one_of_the_list(string given) => Broken.Refuses(
        "action: ALLOW",
        $"action: §{given}",
        new BadField("static_resources.listeners[1].filter_chains[0].filters[0].typed_config.rules.action", given, "is not one of the names", "ALLOW, DENY, LOG"));

    [Fact]
    public void A_list_is_a_list() => Broken.Refuses(
        "server_names: [db.shop.svc]",
        "server_names: §db.shop.svc",
        new BadField("static_resources.listeners[1].filter_chains[0].filter_chain_match.server_names", "db.shop.svc", "is a single value, not a list", $"a list of {Text}"));

    [Fact]
    public void A_message_is_a_mapping() => Broken.Refuses(
        "          filter_chain_match:\n            destination_port: 6379\n",
        "          filter_chain_match: §[6379]\n",
        new BadField($"{Listener}.filter_chains[1].filter_chain_match", null, "is a list, not a mapping", "fields with values"));

    [Fact]
    public void A_long_value_is_cut_short_in_the_message() => Broken.Refuses(
        "connect_timeout: 5s",
        $"connect_timeout: §{new string('x', 500)}",
        new BadField("static_resources.clusters[0].connect_timeout", new string('x', 80) + "...", "is not a duration", "seconds with 's', such as 5s or 0.25s"));

    [Fact]
    public void Of_two_fields_that_exclude_each_other_the_second_is_refused() => Broken.Refuses(
        "                cluster: mesh\n",
        "                cluster: mesh\n§                weighted_clusters: { clusters: [{ name: local, weight: 1 }] }\n",
        new BadField($"{Chain}.filters[0].typed_config.weighted_clusters", null, "excludes 'cluster' on line 24", "one of cluster, weighted_clusters"));

    [Theory]
    [InlineData("type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "")]
    [InlineData("type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxi", "; did you mean 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'?")]
    [InlineData("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "; did you mean 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'?")]
    public void An_extension_that_is_not_there_is_refused_by_name(string url, string hint) => Broken.Refuses(
        "                \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy\n                stat_prefix: mesh",
        $"§                \"@type\": {url}\n                stat_prefix: mesh",
        new BadField($"{Chain}.filters[0].typed_config.@type", url, $"is not a supported type{hint}", string.Join(", ", _types)));

    [Fact]
    public void A_typed_config_names_its_type() => Broken.Refuses(
        "                \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy\n                stat_prefix: mesh",
        "§                stat_prefix: mesh",
        new BadField($"{Chain}.filters[0].typed_config.@type", null, "is missing", "type.googleapis.com/ and the name of a message"));

    private static readonly string[] _types =
    [
        "type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector",
        "type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst",
        "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
        "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC",
        "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer",
        "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        "type.googleapis.com/intercept.v1.PerSourceLimit",
    ];
}
