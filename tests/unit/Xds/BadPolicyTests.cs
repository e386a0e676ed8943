namespace Intercept.Tests.Unit.Xds;

public sealed class BadPolicyTests
{
    private const string Filter = "static_resources.listeners[1].filter_chains[0].filters[0].typed_config";
    private const string Policy = $"{Filter}.rules.policies[\"shop\"]";
    private const string Regex = "safe_regex: { regex: \"spiffe://[^/]+/ns/shop/sa/(a|b)\" }";

    private const string Rules =
        "                rules:\n                  action: ALLOW\n                  policies:\n                    shop:\n                      permissions:\n                        - destination_port: 5432\n"
        + "                      principals:\n                        - authenticated:\n                            principal_name:\n                              " + Regex + "\n";

    private const string Permission =
        "any, and_rules, or_rules, not_rule, destination_ip, destination_port, destination_port_range or requested_server_name";

    [Fact]
    public void A_filter_without_rules_would_let_everyone_in() => Broken.Refuses(
        "              typed_config:\n                \"@type\": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC\n                stat_prefix: policy\n" + Rules,
        "§              typed_config:\n                \"@type\": type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC\n                stat_prefix: policy\n",
        new BadField($"{Filter}.rules", null, "is missing: the filter would let everyone in", "rules, with no policies to deny everyone"));

    [Fact]
    public void Rules_without_policies_are_taken_and_deny_everyone()
    {
        var text = Bootstraps.Text("complete.yaml").Replace(Rules, "                rules: {}\n", StringComparison.Ordinal);
        var filter = Bootstraps.Accept("complete.yaml", text).Listeners[1].FilterChains[0].Rbac[0];

        Assert.False(filter.Evaluate(Mesh.Facts.Of()).Allowed);
    }

    [Theory]
    [InlineData("permissions:\n                        - destination_port: 5432\n", "permissions: §[]\n", "permissions", "at least one permission, such as any: true")]
    [InlineData("principals:\n                        - authenticated:\n                            principal_name:\n                              " + Regex + "\n", "principals: §[]\n", "principals", "at least one principal, such as any: true")]
    public void A_policy_has_permissions_and_principals(string from, string to, string field, string allowed) =>
        Broken.Refuses(from, to, new BadField($"{Policy}.{field}", null, "is missing", allowed));

    [Theory]
    [InlineData("destination_port: §0", "destination_port", "0", "is not a port", "a port from 1 to 65535")]
    [InlineData("destination_port: §65536", "destination_port", "65536", "is not a port", "a port from 1 to 65535")]
    [InlineData("destination_port_range: §{ start: 80, end: 80 }", "destination_port_range", "[80, 80)", "is not a range of ports", "start from 0 to 65535 and a greater end, which is not part of it")]
    [InlineData("destination_port_range: §{ start: 80, end: 65537 }", "destination_port_range", "[80, 65537)", "is not a range of ports", "start from 0 to 65535 and a greater end, which is not part of it")]
    [InlineData("destination_ip: { address_prefix: §ten, prefix_len: 8 }", "destination_ip.address_prefix", "ten", "is not an address", "an IPv4 or IPv6 address, such as 127.0.0.1 or ::1")]
    [InlineData("destination_ip: §{ address_prefix: 10.0.0.0 }", "destination_ip.prefix_len", null, "is missing, which Envoy reads as 0: every address", "a number from 0 to 32")]
    [InlineData("any: §false", "any", "false", "means nothing", "true, or not_rule / not_id around it")]
    [InlineData("and_rules: §{}", "and_rules.rules", null, "is missing", "at least one rule")]
    [InlineData("or_rules: { rules: §[] }", "or_rules.rules", null, "is missing", "at least one rule")]
    [InlineData("not_rule: §{}", "not_rule", null, "says nothing", Permission)]
    [InlineData("not_rule: { and_rules: { rules: [{ destination_port: §70000 }] } }", "not_rule.and_rules.rules[0].destination_port", "70000", "is not a port", "a port from 1 to 65535")]
    [InlineData("requested_server_name: §{}", "requested_server_name", null, "is missing", "one of exact, prefix, suffix, contains, safe_regex")]
    [InlineData("§header: {}", "header", null, "concerns HTTP, and this version proxies TCP", null)]
    public void A_permission_says_what_can_be_asked_of_a_connection(string given, string field, string? value, string why, string? allowed) => Broken.Refuses(
        "- destination_port: 5432\n",
        $"- {given}\n",
        new BadField($"{Policy}.permissions[0].{field}", value, why, allowed));

    [Theory]
    [InlineData("a)|(?:b", "is not a regular expression")]
    [InlineData("(?i)spiffe://.*", "uses a '(?' group other than '(?:'")]
    [InlineData("", "is not 1 to 4096 characters long")]
    [InlineData("[[:alpha:]]", "uses a nested character class, which engines read differently")]
    [InlineData("(a{1000}){1000}", "is too large: with its repetitions written out it is longer than the engine takes")]
    public void A_bad_regular_expression_is_refused(string pattern, string why) => Broken.Refuses(
        Regex,
        $"safe_regex: {{ regex: §'{pattern}' }}",
        new BadField($"{Policy}.principals[0].authenticated.principal_name.safe_regex.regex", pattern, why, "RE2 syntax that .NET reads with the same meaning"));

    [Fact]
    public void A_principal_of_the_empty_name_is_refused() => Broken.Refuses(
        Regex, "exact: §\"\"", new BadField($"{Policy}.principals[0].authenticated.principal_name.exact", "", "is empty", "text"));

    [Theory]
    [InlineData("metadata: {}", "metadata", "is an Envoy field that this version does not support")]
    [InlineData("url_path: {}", "url_path", "concerns HTTP, and this version proxies TCP")]
    [InlineData("filter_state: {}", "filter_state", "is an Envoy field that this version does not support")]
    public void A_principal_that_is_not_looked_at_is_refused_by_name(string given, string field, string why) => Broken.Refuses(
        "                        - authenticated:\n                            principal_name:\n                              " + Regex + "\n",
        $"                        - §{given}\n",
        new BadField($"{Policy}.principals[0].{field}", null, why, null));

    [Fact]
    public void A_condition_is_not_taken_for_no_condition() => Broken.Refuses(
        "                      permissions:\n",
        "§                      condition: {}\n                      permissions:\n",
        new BadField($"{Policy}.condition", null, "is an Envoy field that this version does not support", null));
}
