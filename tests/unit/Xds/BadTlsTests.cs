namespace Intercept.Tests.Unit.Xds;

public sealed class BadTlsTests
{
    private const string Downstream = "static_resources.listeners[1].filter_chains[0].transport_socket.typed_config";
    private const string Common = $"{Downstream}.common_tls_context";
    private const string Upstream = "static_resources.clusters[0].transport_socket.typed_config.common_tls_context.validation_context";

    private const string Certificates =
        "                tls_certificates:\n                  - certificate_chain: { filename: /certs/chain.pem }\n                    private_key: { filename: /certs/key.pem }\n";

    private const string DownstreamValidation =
        "                validation_context:\n                  trusted_ca: { filename: /certs/roots.pem }\n                  match_typed_subject_alt_names:\n"
        + "                    - san_type: URI\n                      matcher: { exact: spiffe://cluster.local/ns/shop/sa/client }\n";

    private const string UpstreamMatchers =
        "              match_typed_subject_alt_names:\n                - san_type: URI\n                  matcher: { prefix: \"spiffe://cluster.local/ns/shop/\" }\n";

    [Fact]
    public void A_listener_has_a_certificate() => Broken.Refuses(
        Certificates,
        "                tls_certificates: §[]\n",
        new BadField($"{Common}.tls_certificates", null, "is missing", "one certificate with its key"));

    [Fact]
    public void A_context_without_anything_has_no_certificate_and_nothing_to_verify_with() => Broken.RefusesText(
        "x.yaml",
        """
        static_resources:
          listeners:
            - name: a
              address: { socket_address: { address: 127.0.0.1, port_value: 1 } }
              filter_chains:
                - name: x
                  transport_socket:
                    name: tls
                    typed_config:§
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      require_client_certificate: §true
                  filters:
                    - name: tcp
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                        stat_prefix: x
                        cluster: x
          clusters: [{ name: x }]
        """,
        new BadField("static_resources.listeners[0].filter_chains[0].transport_socket.typed_config.common_tls_context.tls_certificates", null, "is missing", "one certificate with its key"),
        new BadField(
            "static_resources.listeners[0].filter_chains[0].transport_socket.typed_config.require_client_certificate",
            "true",
            "asks for certificates that nothing verifies",
            "a validation_context in common_tls_context"));

    [Fact]
    public void A_certificate_has_a_key() => Broken.Refuses(
        Certificates,
        "                tls_certificates:\n                  - §certificate_chain: { filename: /certs/chain.pem }\n",
        new BadField($"{Common}.tls_certificates[0].private_key.filename", null, "is missing", "the path of a PEM file"));

    [Fact]
    public void There_is_one_certificate() => Broken.Refuses(
        Certificates,
        Certificates + "                  - §certificate_chain: { filename: /certs/chain.pem }\n                    private_key: { filename: /certs/key.pem }\n",
        new BadField($"{Common}.tls_certificates[1]", null, "is a second certificate", "one certificate"));

    [Theory]
    [InlineData("inline_string: \"-----BEGIN PRIVATE KEY-----\"", "", null, "is inline: keys and certificates are read from files, so that they can be rotated")]
    [InlineData("inline_bytes: aGVsbG8=", "", null, "is inline: keys and certificates are read from files, so that they can be rotated")]
    [InlineData("environment_variable: KEY", ".environment_variable", "KEY", "cannot be rotated")]
    public void A_key_is_a_file(string given, string field, string? value, string why) => Broken.Refuses(
        "private_key: { filename: /certs/key.pem }",
        $"private_key: §{{ {given} }}",
        new BadField($"{Common}.tls_certificates[0].private_key{field}", value, why, "filename"));

    [Fact]
    public void Bytes_are_base64() => Broken.Refuses(
        "private_key: { filename: /certs/key.pem }",
        "private_key: { inline_bytes: §'*' }",
        new BadField($"{Common}.tls_certificates[0].private_key.inline_bytes", "*", "is not base64", "base64 text"),
        new BadField($"{Common}.tls_certificates[0].private_key.filename", null, "is missing", "the path of a PEM file"));

    [Fact]
    public void A_required_certificate_is_verified() => Broken.Refuses(
        DownstreamValidation,
        "",
        "              require_client_certificate: true\n",
        "§              require_client_certificate: true\n",
        new BadField($"{Downstream}.require_client_certificate", "true", "asks for certificates that nothing verifies", "a validation_context in common_tls_context"));

    [Fact]
    public void Verification_has_a_trust_bundle() => Broken.Refuses(
        DownstreamValidation,
        "                validation_context: §{}\n",
        new BadField($"{Common}.validation_context.trusted_ca.filename", null, "is missing", "the path of a PEM file"));

    [Fact]
    public void A_server_is_always_verified() => Broken.Refuses(
        "            validation_context:\n              trusted_ca: { filename: /certs/roots.pem }\n" + UpstreamMatchers,
        "            alpn_protocols: []\n",
        "          sni: db.shop.svc\n          common_tls_context:\n",
        "          sni: db.shop.svc\n§          common_tls_context:\n",
        new BadField(Upstream, null, "is missing: any server would be believed", "a validation_context with a trusted_ca"));

    [Fact]
    public void Without_a_certificate_of_our_own_the_servers_trust_domain_is_spelled_out() => Broken.Refuses(
        UpstreamMatchers,
        "§" + UpstreamMatchers.Replace("{ prefix: \"spiffe://cluster.local/ns/shop/\" }", "{ suffix: /sa/db }", StringComparison.Ordinal),
        new BadField(
            $"{Upstream}.match_typed_subject_alt_names",
            null,
            "names no trust domain, and there is no certificate of our own to take one from",
            "a matcher of type URI that starts with spiffe://TRUST-DOMAIN/"));

    [Theory]
    [InlineData("san_type: DNS", "DNS")]
    [InlineData("san_type: EMAIL", "EMAIL")]
    [InlineData("san_type: SAN_TYPE_UNSPECIFIED", "SAN_TYPE_UNSPECIFIED")]
    public void Identities_are_in_URI_names(string given, string value) => Broken.Refuses(
        "                    - san_type: URI\n",
        $"                    - §{given}\n",
        new BadField($"{Common}.validation_context.match_typed_subject_alt_names[0].san_type", value, "is not what SPIFFE identities are in", "URI"));

    [Theory]
    [InlineData("exact: https://cluster.local/a", "exact", "https://cluster.local/a", "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/PATH")]
    [InlineData("exact: spiffe://Cluster.Local/a", "exact", "spiffe://Cluster.Local/a", "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/PATH")]
    [InlineData("exact: spiffe://cluster.local/a/", "exact", "spiffe://cluster.local/a/", "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/PATH")]
    [InlineData("exact: \"\"", "exact", "", "is empty", "text")]
    [InlineData("prefix: cluster.local/", "prefix", "cluster.local/", "begins no SPIFFE ID", "spiffe://TRUST-DOMAIN/...")]
    [InlineData("prefix: \"\"", "prefix", "", "is empty", "text")]
    [InlineData("suffix: \"\"", "suffix", "", "is empty", "text")]
    [InlineData("contains: \"\"", "contains", "", "is empty", "text")]
    [InlineData("safe_regex: { regex: \"(?i).*\" }", "safe_regex.regex", "(?i).*", "uses a '(?' group other than '(?:'", "RE2 syntax that .NET reads with the same meaning")]
    public void A_matcher_of_identities_can_match_one(string given, string field, string value, string why, string allowed) => Broken.Refuses(
        "matcher: { exact: spiffe://cluster.local/ns/shop/sa/client }",
        $"matcher: §{{ {given} }}",
        new BadField($"{Common}.validation_context.match_typed_subject_alt_names[0].matcher.{field}", value, why, allowed));

    [Fact]
    public void A_matcher_says_something() => Broken.Refuses(
        "matcher: { exact: spiffe://cluster.local/ns/shop/sa/client }",
        "matcher: §{ ignore_case: true }",
        new BadField($"{Common}.validation_context.match_typed_subject_alt_names[0].matcher", null, "is missing", "one of exact, prefix, suffix, contains, safe_regex"));

    [Theory]
    [InlineData("tls_minimum_protocol_version: TLSv1_3", "tls_minimum_protocol_version: §TLSv1_0", "tls_minimum_protocol_version", "TLSv1_0", "is not secure", "TLSv1_2 or TLSv1_3")]
    [InlineData("tls_minimum_protocol_version: TLSv1_3", "tls_maximum_protocol_version: §TLSv1_1", "tls_maximum_protocol_version", "TLSv1_1", "is not secure", "TLSv1_2 or TLSv1_3")]
    [InlineData(
        "tls_minimum_protocol_version: TLSv1_3", "tls_maximum_protocol_version: TLSv1_2\n                  tls_minimum_protocol_version: §TLSv1_3", "tls_minimum_protocol_version", "TLSv1_3", "is above the maximum", "TLSv1_2")]
    [InlineData("cipher_suites: [TLS_AES_128_GCM_SHA256]", "cipher_suites: [TLS_AES_128_GCM_SHA256, §AES128-SHA]", "cipher_suites[1]", "AES128-SHA", "is not allowed", Ciphers)]
    public void Versions_and_ciphers_are_safe_ones(string from, string to, string field, string value, string why, string allowed) =>
        Broken.Refuses(from, to, new BadField($"{Common}.tls_params.{field}", value, why, allowed));

    [Fact]
    public void A_protocol_has_a_name() => Broken.Refuses(
        "alpn_protocols: [istio]", "alpn_protocols: [istio, §\"\"]", new BadField($"{Common}.alpn_protocols[1]", "", "is not a protocol name", "1 to 255 characters"));

    [Fact]
    public void The_context_of_a_client_does_not_belong_in_a_listener() => Broken.Refuses(
        "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext\n              require_client_certificate: true\n",
        "§type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext\n",
        new BadField(
            $"{Downstream}.@type",
            "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
            "does not belong here",
            "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext or envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"));

    private const string Ciphers =
        "TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, ECDHE-ECDSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES256-GCM-SHA384, "
        + "ECDHE-ECDSA-CHACHA20-POLY1305, ECDHE-RSA-AES128-GCM-SHA256, ECDHE-RSA-AES256-GCM-SHA384, ECDHE-RSA-CHACHA20-POLY1305";
}
