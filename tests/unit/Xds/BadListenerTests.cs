namespace Intercept.Tests.Unit.Xds;

/// <summary>Listeners, their chains, and the admin endpoint.</summary>
public sealed class BadListenerTests
{
    private const string Outbound = "static_resources.listeners[0]";
    private const string Inbound = "static_resources.listeners[1]";
    private const string PortForm = "a port from 1 to 65535";
    private const string AddressForm = "an IPv4 or IPv6 address, such as 127.0.0.1 or ::1";

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("\"::\"")]
    public void Admin_is_never_reachable_from_outside(string address) => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15000 }",
        $"socket_address: {{ address: §{address}, port_value: 15000 }}",
        new BadField("admin.address.socket_address.address", address.Trim('"'), "is reachable from outside: admin can stop the proxy", "127.0.0.1 or ::1"));

    [Fact]
    public void Admin_has_a_socket() => Broken.Refuses(
        "admin:\n  address:\n    socket_address: { address: 127.0.0.1, port_value: 15000 }\n",
        "§admin: {}\n",
        new BadField("admin.address.socket_address", null, "is missing", "a socket_address"));

    [Theory]
    [InlineData("port_value: 65536", ".port_value", "65536", "is not a port", PortForm)]
    [InlineData("named_port: http", ".named_port", "http", "is not supported", "port_value")]
    [InlineData("protocol: TCP", ".port_value", null, "is missing", PortForm)]
    public void A_port_is_a_port(string given, string field, string? value, string why, string allowed) => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15001 }",
        $"socket_address: §{{ address: 127.0.0.1, {given} }}",
        new BadField($"{Outbound}.address.socket_address{field}", value, why, allowed));

    [Fact]
    public void There_is_no_UDP() => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15001 }",
        "socket_address: { protocol: §UDP, address: 127.0.0.1, port_value: 15001 }",
        new BadField($"{Outbound}.address.socket_address.protocol", "UDP", "is not supported", "TCP"));

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("127.0.0", "127.0.0")]
    [InlineData("127.0.0.01", "127.0.0.01")]
    [InlineData("\"fe80::1%eth0\"", "fe80::1%eth0")]
    public void An_address_is_an_address(string given, string value) => Broken.Refuses(
        "socket_address: { address: 127.0.0.1, port_value: 15001 }",
        $"socket_address: {{ address: §{given}, port_value: 15001 }}",
        new BadField($"{Outbound}.address.socket_address.address", value, "is not an address", AddressForm));

    [Theory]
    [InlineData("{ address_prefix: 10.88.0, prefix_len: 16 }", "address_prefix", "10.88.0", "is not an address", AddressForm)]
    [InlineData("{ address_prefix: 10.88.0.0/16 }", "address_prefix", "10.88.0.0/16", "is not an address", AddressForm)]
    [InlineData("{ address_prefix: 10.88.0.0 }", "prefix_len", null, "is missing, which Envoy reads as 0: every address", "a number from 0 to 32")]
    [InlineData("{ address_prefix: 10.88.0.0, prefix_len: 33 }", "prefix_len", "33", "is longer than the address", "a number from 0 to 32")]
    [InlineData("{ address_prefix: \"fd88::\", prefix_len: 129 }", "prefix_len", "129", "is longer than the address", "a number from 0 to 128")]
    public void A_prefix_is_an_address_and_a_length(string given, string field, string? value, string why, string allowed) => Broken.Refuses(
        "prefix_ranges: [{ address_prefix: 10.88.0.0, prefix_len: 16 }]",
        $"prefix_ranges: [§{given}]",
        new BadField($"{Outbound}.filter_chains[0].filter_chain_match.prefix_ranges[0].{field}", value, why, allowed));

    [Fact]
    public void Two_listeners_have_two_names() => Broken.Refuses(
        "    - name: inbound\n",
        "§    - name: outbound\n",
        new BadField($"{Inbound}.name", "outbound", "names two listeners", "names that differ"));

    [Fact]
    public void A_listener_has_a_name() => Broken.Refuses(
        "    - name: inbound\n      address:\n", "    - §address:\n", new BadField($"{Inbound}.name", null, "is missing", "a name"));

    [Theory]
    [InlineData("127.0.0.1, port_value: 15001", "127.0.0.1:15001", "is already bound by listener 'outbound'")]
    [InlineData("127.0.0.1, port_value: 15000", "127.0.0.1:15000", "is already bound by admin")]
    public void Two_sockets_have_two_addresses(string given, string value, string why) => Broken.Refuses(
        "      address:\n        socket_address: { address: 0.0.0.0, port_value: 15006 }",
        $"§      address:\n        socket_address: {{ address: {given} }}",
        new BadField($"{Inbound}.address", value, why, "an address of its own"));

    [Fact]
    public void A_listener_does_not_bind_one_address_twice() => Broken.Refuses(
        "        socket_address: { address: 0.0.0.0, port_value: 15006 }\n",
        "        socket_address: { address: 0.0.0.0, port_value: 15006 }\n      additional_addresses:\n        - §address: { socket_address: { address: 0.0.0.0, port_value: 15006 } }\n",
        new BadField($"{Inbound}.additional_addresses[0].address", "0.0.0.0:15006", "is given twice", "once"));

    [Fact]
    public void Filter_chains_for_the_same_connections_are_refused() => Broken.Refuses(
        "          filter_chain_match:\n            destination_port: 6379\n",
        "§          filter_chain_match:\n            destination_port: 5432\n            prefix_ranges: [{ address_prefix: 10.88.255.255, prefix_len: 16 }]\n",
        new BadField($"{Outbound}.filter_chains[1].filter_chain_match", null, "matches connections that 'mesh' matches as well", "matches that differ"));

    [Fact]
    public void Two_filter_chains_have_two_names() => Broken.Refuses(
        "        - name: split\n",
        "§        - name: mesh\n",
        new BadField($"{Outbound}.filter_chains[1].name", "mesh", "names two filter chains of this listener", "names that differ"));

    [Theory]
    [InlineData("destination_port: 0", "destination_port", "0", "is not a port", PortForm)]
    [InlineData("destination_port: 70000", "destination_port", "70000", "is not a port", PortForm)]
    [InlineData("source_ports: [70000]", "source_ports[0]", "70000", "is not a port", PortForm)]
    [InlineData("transport_protocol: quic", "transport_protocol", "quic", "is not a transport protocol", "tls or raw_buffer")]
    [InlineData("server_names: [\"*.*.com\"]", "server_names[0]", "*.*.com", "is not a server name", "a DNS name, or '*.' and a DNS name")]
    [InlineData("server_names: [\"*.\"]", "server_names[0]", "*.", "is not a server name", "a DNS name, or '*.' and a DNS name")]
    [InlineData("server_names: [\"*\"]", "server_names[0]", "*", "is not a server name", "a DNS name, or '*.' and a DNS name")]
    public void A_match_says_what_a_connection_can_have(string given, string field, string value, string why, string allowed) => Broken.Refuses(
        "            destination_port: 6379\n",
        $"§            {given}\n",
        new BadField($"{Outbound}.filter_chains[1].filter_chain_match.{field}", value, why, allowed));

    [Theory]
    [InlineData("source_type: SAME_IP_OR_LOOPBACK")]
    [InlineData("direct_source_prefix_ranges: []")]
    [InlineData("address_suffix: a")]
    public void A_criterion_that_is_not_looked_at_is_refused_by_name(string given) => Broken.Refuses(
        "            destination_port: 6379\n",
        $"            destination_port: 6379\n§            {given}\n",
        new BadField(
            $"{Outbound}.filter_chains[1].filter_chain_match.{given[..given.IndexOf(':', StringComparison.Ordinal)]}",
            null,
            "is an Envoy field that this version does not support",
            null));

    [Fact]
    public void TLS_does_not_wait_on_a_chain_for_plaintext() => Broken.Refuses(
        "transport_protocol: tls",
        "transport_protocol: §raw_buffer",
        new BadField($"{Inbound}.filter_chains[0].filter_chain_match.transport_protocol", "raw_buffer", "leaves plaintext to a chain that speaks TLS", "tls"));

    [Fact]
    public void A_chain_to_the_original_destination_needs_the_filter_that_recovers_it() => Broken.Refuses(
        "      listener_filters:\n        - name: original-dst\n          typed_config: { \"@type\": type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst }\n",
        "      listener_filters: §[]\n",
        new BadField(
            $"{Outbound}.listener_filters",
            null,
            "lack original_dst, and chain 'mesh' connects to the original destination",
            "type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst"));

    [Fact]
    public void A_limit_of_nothing_is_refused() => Broken.Refuses(
        "max_connections: 100", "max_connections: §0", new BadField($"{Inbound}.listener_filters[0].typed_config.max_connections", "0", "is not a limit", "a number from 1 to 2147483647"));

    [Fact]
    public void A_network_filter_is_no_listener_filter() => Broken.Refuses(
        "            \"@type\": type.googleapis.com/intercept.v1.PerSourceLimit\n            max_connections: 100\n",
        "§            \"@type\": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC\n            stat_prefix: x\n",
        new BadField(
            $"{Inbound}.listener_filters[0].typed_config.@type",
            "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC",
            "is not a listener filter",
            "envoy.extensions.filters.listener.original_dst.v3.OriginalDst, envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector, intercept.v1.PerSourceLimit"));

    [Fact]
    public void A_chain_ends_with_tcp_proxy_and_nothing_stands_behind_it() => Broken.Refuses(
        "                    - { name: named, weight: 10 }\n",
        "                    - { name: named, weight: 10 }\n            - §name: late\n",
        new BadField($"{Outbound}.filter_chains[1].filters[1]", "late", "stands behind tcp_proxy and would never be reached", "tcp_proxy last"));

    [Fact]
    public void A_chain_without_filters_goes_nowhere() => Broken.RefusesText(
        "x.yaml",
        "static_resources:\n  listeners:\n    - name: a\n      address: { socket_address: { address: 127.0.0.1, port_value: 1 } }\n      filter_chains:\n        - name: x\n          filters: §[]\n",
        new BadField($"{Outbound}.filter_chains[0].filters", null, "do not end with a tcp_proxy", "network RBAC filters, then one tcp_proxy"));

    [Fact]
    public void A_listener_without_chains_is_no_listener() => Broken.RefusesText(
        "x.yaml",
        "static_resources:\n  listeners:\n    - §name: a\n      address: { socket_address: { address: 127.0.0.1, port_value: 1 } }\n",
        new BadField($"{Outbound}.filter_chains", null, "is missing", "at least one filter chain"));

    [Fact]
    public void The_default_chain_has_no_match() => Broken.Refuses(
        "      filter_chains:\n        - name: strict\n",
        "      default_filter_chain:\n§        filter_chain_match: { destination_port: 1 }\n        filters:\n          - name: tcp\n            typed_config:\n"
        + "              \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy\n              stat_prefix: d\n              cluster: local\n"
        + "      filter_chains:\n        - name: strict\n",
        new BadField($"{Inbound}.default_filter_chain.filter_chain_match", null, "is not looked at in the default chain", "no filter_chain_match"));
}
