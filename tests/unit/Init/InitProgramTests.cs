using Intercept.Capture.Configuration;

namespace Intercept.Tests.Unit.Init;

public sealed class InitProgramTests
{
    [Fact]
    public async Task Every_problem_of_flags_and_environment_is_told_at_once_with_exit_64()
    {
        var run = await InitRun.Of("install -p x --nonsense -b 99999", "PROXY_UID=ghost-of-nobody");

        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        foreach (var part in new[] { "-p 'x' is not a port", "--nonsense is not a flag", "-b '99999' is not a port", "environment: PROXY_UID 'ghost-of-nobody' is not a known user" })
        {
            Assert.Contains(part, run.Error, StringComparison.Ordinal);
        }

        Assert.EndsWith("intercept-init: 4 problem(s); see intercept-init install --help\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("istio-iptables -p 15001 -z 15006 -u 1337 -m REDIRECT -i * -b * -n")]
    [InlineData("install -i * -b * --dry-run")]
    [InlineData("-i * -b * -n")]
    public async Task A_pod_spec_for_istio_init_works_as_it_is(string line)
    {
        var run = await InitRun.Of(line);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("*nat\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("-j REDIRECT --to-ports 15006", run.Output, StringComparison.Ordinal);
        Assert.Equal("intercept-init: dry run: nothing is read from or written to the kernel\n", run.Error);
    }

    [Fact]
    public async Task The_environment_alone_is_a_complete_order() =>
        Assert.Contains("-j REDIRECT --to-ports 15001", (await InitRun.Of("", "DRY_RUN=true", "ISTIO_SERVICE_CIDR=*")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_dry_run_for_nftables_is_in_nftables_language() =>
        Assert.Contains("table inet intercept_nat {", (await InitRun.Of("install -i * -n --native-nftables")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_dry_run_writes_to_the_file_that_it_is_given()
    {
        var path = Path.Combine(Path.GetTempPath(), $"intercept-dry-run-{Environment.ProcessId}");
        try
        {
            var run = await InitRun.Of($"install -i * -n --dry-run-file {path}");
            Assert.Equal((0, ""), (run.ExitCode, run.Output));
            Assert.Contains("*nat\n", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("/nonexistent/rules")]
    [InlineData("/")]
    public async Task A_file_that_cannot_be_written_is_said_and_not_thrown(string path)
    {
        var run = await InitRun.Of($"install -i * -n --dry-run-file {path}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"intercept-init: cannot write {path}: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_command_is_refused_with_those_there_are()
    {
        var run = await InitRun.Of("remove");

        Assert.Equal(64, run.ExitCode);
        Assert.Equal(
            "intercept-init: 'remove' is not a command; allowed: install, uninstall, plan, verify, explain, watch, status, events, compile, completion, help, version\n", run.Error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("install -h")]
    [InlineData("help explain")]
    public async Task Help_names_every_flag_and_variable_that_there_is(string line)
    {
        var run = await InitRun.Of(line);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        foreach (var option in CaptureOptionTable.Own.Concat(CaptureOptionTable.Istio).Concat(CaptureOptionTable.Linkerd))
        {
            Assert.Contains($"--{option.Name}", run.Output, StringComparison.Ordinal);
            Assert.All(option.Environment, variable => Assert.Contains(variable, run.Output, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("plan --output text", "  filter INTERCEPT_UDP\n")]
    [InlineData("plan --output json", "\"filter\": [")]
    [InlineData("plan --output json", "\"intercept_filter\": [")]
    [InlineData("plan --output iptables", "*filter\n")]
    [InlineData("plan --output nftables", "table inet intercept_filter {\n")]
    [InlineData("install --dry-run", "*filter\n")]
    public async Task Every_form_of_a_plan_has_the_udp_policy(string command, string part)
    {
        Assert.Contains(part, (await InitRun.Of($"{command} -i * --udp-policy refuse")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(part, (await InitRun.Of($"{command} -i *")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_for_people_shows_both_families_and_the_routing()
    {
        var run = await InitRun.Of("plan -m TPROXY -i * -b *");

        Assert.Equal(0, run.ExitCode);
        foreach (var part in new[] { "IPv4\n", "IPv6\n", "mangle INTERCEPT_INBOUND", "Routing\n", "fwmark" })
        {
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
        }
    }
}
