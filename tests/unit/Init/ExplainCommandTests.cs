using System.Text.Json;

namespace Intercept.Tests.Unit.Init;

public sealed class ExplainCommandTests
{
    private const string Everything = "-b * -i * -x 10.1.0.0/16 -d 22";

    [Theory]
    [InlineData("--to 10.0.0.1:80", "captured on port 15001", "decided by nat: -A INTERCEPT_OUTBOUND -p tcp -m comment --comment \"intercept: capture outbound\" -j REDIRECT --to-ports 15001")]
    [InlineData("--to [2001:db8::1]:80", "captured on port 15001", "decided by nat: -A INTERCEPT_OUTBOUND -p tcp -m comment --comment \"intercept: capture outbound\" -j REDIRECT --to-ports 15001")]
    [InlineData("--to 10.1.0.1:80", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_OUTBOUND -d 10.1.0.0/16 -m comment --comment \"intercept: excluded outbound range 10.1.0.0/16\" -j RETURN")]
    [InlineData("--to 10.0.0.1:80 --udp", "not captured: goes where it was sent", "no rule concerns itself with this flow")]
    [InlineData("--to 10.0.0.1:80 --from proxy", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_PROXY -m comment --comment \"intercept: calls of the proxy leave\" -j RETURN")]
    [InlineData("--to 10.0.0.1:80 --uid 1337", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_PROXY -m comment --comment \"intercept: calls of the proxy leave\" -j RETURN")]
    [InlineData("--to 10.77.0.2:8080 --from peer", "captured on port 15006", "decided by nat: -A INTERCEPT_INBOUND -p tcp -m comment --comment \"intercept: capture inbound\" -j REDIRECT --to-ports 15006")]
    [InlineData("--to 10.77.0.2:22 --from peer", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_INBOUND -p tcp -m tcp --dport 22 -m comment --comment \"intercept: excluded inbound port 22\" -j RETURN")]
    [InlineData("--to 10.77.0.2:15008 --from peer", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_INBOUND -p tcp -m tcp --dport 15008 -m comment --comment \"intercept: hbone has its own listener\" -j RETURN")]
    [InlineData("--to 127.0.0.1:80", "not captured: goes where it was sent", "decided by nat: -A INTERCEPT_APPLICATION -o lo -m comment --comment \"intercept: the application to its own pod\" -j RETURN")]
    [InlineData("--to 10.77.0.2:8080 --from proxy --interface lo", "captured on port 15006", "decided by nat: -A INTERCEPT_PROXY -o lo -p tcp -m comment --comment \"intercept: a self-call enters the inbound listener\" -j REDIRECT --to-ports 15006")]
    public async Task Says_what_happens_and_which_rule_decides(string flow, string outcome, string rule)
    {
        var run = await InitRun.Of($"explain {Everything} {flow}");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([outcome, rule], run.Output.Split('\n')[..2]);
        Assert.All(run.Output.Split('\n')[2..^1], line => Assert.StartsWith("  on the way: nat: -A ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("refuse --to 10.0.0.1:443 --udp", "refused: goes nowhere, and the sender sees an error", "decided by filter: -A INTERCEPT_UDP -m comment --comment \"intercept: the proxy carries no datagrams: refused\" -j REJECT --reject-with icmp-port-unreachable")]
    [InlineData("refuse --to [2001:db8::1]:443 --udp", "refused: goes nowhere, and the sender sees an error", "decided by filter: -A INTERCEPT_UDP -m comment --comment \"intercept: the proxy carries no datagrams: refused\" -j REJECT --reject-with icmp6-port-unreachable")]
    [InlineData("count --to 10.0.0.1:443 --udp", "not captured: goes where it was sent", "decided by filter: -A INTERCEPT_UDP -m comment --comment \"intercept: the proxy carries no datagrams: counted\" -j RETURN")]
    [InlineData("refuse --to 10.1.0.1:443 --udp", "not captured: goes where it was sent", "decided by filter: -A INTERCEPT_OUTBOUND -d 10.1.0.0/16 -m comment --comment \"intercept: excluded outbound range 10.1.0.0/16\" -j RETURN")]
    [InlineData("refuse --to 10.0.0.1:443 --udp --from proxy", "not captured: goes where it was sent", "decided by filter: -A INTERCEPT_OUTPUT -m owner --uid-owner 1337 -m comment --comment \"intercept: the proxy itself, uid 1337\" -j RETURN")]
    [InlineData("refuse --to 10.0.0.1:53 --udp --redirect-dns --capture-all-dns", "captured on port 15053", "decided by nat: -A INTERCEPT_DNS -p udp -m udp --dport 53 -m comment --comment \"intercept: capture dns\" -j REDIRECT --to-ports 15053")]
    [InlineData("refuse --to 10.0.0.1:443", "captured on port 15001", "decided by nat: -A INTERCEPT_OUTBOUND -p tcp -m comment --comment \"intercept: capture outbound\" -j REDIRECT --to-ports 15001")]
    public async Task Says_what_the_udp_policy_decides(string flow, string outcome, string rule)
    {
        var run = await InitRun.Of($"explain {Everything} --udp-policy {flow}");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal([outcome, rule], run.Output.Split('\n')[..2]);
    }

    [Fact]
    public async Task Says_the_same_to_programs()
    {
        using var answer = JsonDocument.Parse((await InitRun.Of($"explain {Everything} --to 10.0.0.1:80 --output json")).Output);

        Assert.Equal(("captured", 15001), (answer.RootElement.GetProperty("outcome").GetString(), answer.RootElement.GetProperty("port").GetInt32()));
        Assert.StartsWith("nat: -A INTERCEPT_OUTBOUND", answer.RootElement.GetProperty("rule").GetString(), StringComparison.Ordinal);
        using var refused = JsonDocument.Parse((await InitRun.Of($"explain {Everything} --udp-policy refuse --to 10.0.0.1:80 --udp --output json")).Output);
        Assert.Equal("refused", refused.RootElement.GetProperty("outcome").GetString());
        using var none = JsonDocument.Parse((await InitRun.Of("explain --to 10.0.0.1:80 --udp --output json")).Output);
        Assert.Equal(("passed", JsonValueKind.Null), (none.RootElement.GetProperty("outcome").GetString(), none.RootElement.GetProperty("rule").ValueKind));
    }

    [Theory]
    [InlineData("", "command line: --to '' is not a destination; allowed: 10.0.0.1:80 or [2001:db8::1]:80")]
    [InlineData("--to example.com:80", "command line: --to 'example.com:80' is not a destination; allowed: 10.0.0.1:80 or [2001:db8::1]:80")]
    [InlineData("--to 2001:db8::1:80", "command line: --to '2001:db8::1:80' is not a destination; allowed: 10.0.0.1:80 or [2001:db8::1]:80")]
    [InlineData("--to 10.0.0.1:80 --uid root", "command line: --uid 'root' is not an id; allowed: a number")]
    [InlineData("--to 10.0.0.1:80 --source here", "command line: --source 'here' is not an address; allowed: an IPv4 or IPv6 address")]
    [InlineData("--to 10.0.0.1:80 --source ::1", "command line: --source '::1' is not of the destination's family; allowed: an IPv4 address")]
    [InlineData("--to [::1]:80 --source 10.0.0.1", "command line: --source '10.0.0.1' is not of the destination's family; allowed: an IPv6 address")]
    [InlineData("--to 10.0.0.1:80 --from nobody", "command line: --from 'nobody' is not a choice; allowed: app|proxy|peer")]
    [InlineData("--to 10.0.0.1:80 --output xml", "command line: --output 'xml' is not a choice; allowed: text|json")]
    [InlineData("--to 10.0.0.1:80 --udp=perhaps", "command line: --udp 'perhaps' is not a truth value; allowed: true or false")]
    public async Task A_flow_that_cannot_be_is_refused(string flow, string problem)
    {
        var run = await InitRun.Of($"explain {Everything} {flow}");

        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        Assert.Contains($"intercept-init: {problem}\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--udp=1")]
    [InlineData("--udp=T")]
    [InlineData("--udp=true")]
    public async Task A_switch_of_one_command_takes_what_every_switch_takes(string udp)
    {
        var run = await InitRun.Of($"explain {Everything} --to 10.0.0.1:80 {udp}");

        Assert.StartsWith("not captured", run.Output, StringComparison.Ordinal);
    }
}
