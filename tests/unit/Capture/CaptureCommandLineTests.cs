using Intercept.Capture.Configuration;

namespace Intercept.Tests.Unit.Capture;

public sealed class CaptureCommandLineTests
{
    [Theory]
    [InlineData("--envoy-port 9")]
    [InlineData("--envoy-port=9")]
    [InlineData("-p 9")]
    [InlineData("-p9")]
    [InlineData("-p=9")]
    [InlineData("-np9")]
    [InlineData("-np 9")]
    [InlineData("-np=9")]
    public void A_value_is_taken_in_every_form_that_pflag_takes(string line)
    {
        var parsed = CaptureCommandLine.Parse(Options.Words(line), Options.Environment());

        Assert.Empty(parsed.Problems);
        Assert.Empty(parsed.Arguments);
        Assert.Equal("9", parsed.Given["envoy-port"].Text);
        Assert.Equal(line.StartsWith("-n", StringComparison.Ordinal), parsed.Given.ContainsKey("dry-run"));
    }

    [Theory]
    [InlineData("--dry-run", "true")]
    [InlineData("-n", "true")]
    [InlineData("-n=0", "0")]
    [InlineData("--dry-run=false", "false")]
    public void A_switch_takes_a_value_only_after_an_equals_sign(string line, string value) =>
        Assert.Equal(value, CaptureCommandLine.Parse(Options.Words(line), Options.Environment()).Given["dry-run"].Text);

    [Fact]
    public void A_word_behind_a_switch_is_no_value_of_it()
    {
        var parsed = CaptureCommandLine.Parse(["--dry-run", "false"], Options.Environment());

        Assert.Equal(("true", "false"), (parsed.Given["dry-run"].Text, Assert.Single(parsed.Arguments)));
    }

    [Fact]
    public void Values_may_be_empty_look_like_flags_or_hold_equals_signs()
    {
        var parsed = CaptureCommandLine.Parse(["-x", "", "-b", "-1", "--envoy-user=a=b", "--dry-run-file", "--"], Options.Environment());

        Assert.Empty(parsed.Problems);
        Assert.Equal(
            ("", "-1", "a=b", "--"),
            (parsed.Given["istio-service-exclude-cidr"].Text, parsed.Given["istio-inbound-ports"].Text, parsed.Given["envoy-user"].Text, parsed.Given["dry-run-file"].Text));
    }

    [Fact]
    public void Behind_two_dashes_nothing_is_a_flag()
    {
        var parsed = CaptureCommandLine.Parse(["-n", "--", "-p", "--nonsense"], Options.Environment());

        Assert.Equal(["-p", "--nonsense"], parsed.Arguments.ToArray());
        Assert.False(parsed.Given.ContainsKey("envoy-port"));
    }

    [Theory]
    [InlineData("--nonsense=1 --dry-run", "command line: --nonsense is not a flag of this command")]
    [InlineData("-nS", "command line: -S '-nS' is not a flag of this command")]
    [InlineData("--envoy-port", "command line: --envoy-port needs a value; allowed: PORT")]
    [InlineData("-p", "command line: -p needs a value; allowed: PORT")]
    [InlineData("-p 1 --envoy-port 2", "command line: --envoy-port '2' is given twice; allowed: once")]
    [InlineData("-n -n", "command line: -n 'true' is given twice; allowed: once")]
    [InlineData("--linkerd --envoy-port 1", "command line: --envoy-port is not a flag of this command")]
    [InlineData("--incoming-proxy-port 1", "command line: --incoming-proxy-port is not a flag of this command")]
    public void What_is_no_flag_of_this_command_is_named(string line, string problem) =>
        Assert.Contains(problem, CaptureCommandLine.Parse(Options.Words(line), Options.Environment()).Problems.Select(found => found.ToString()));

    [Fact]
    public void A_flag_wins_over_its_variable_and_an_empty_variable_is_not_set()
    {
        var parsed = CaptureCommandLine.Parse(
            ["--inbound-capture-port", "1"],
            Options.Environment("INBOUND_CAPTURE_PORT=2", "INBOUND_TUNNEL_PORT=", "ISTIO_SERVICE_CIDR=*", "PATH=/bin"));

        Assert.Equal(new OptionValue("1", "command line", "--inbound-capture-port"), parsed.Given["inbound-capture-port"]);
        Assert.Equal(new OptionValue("*", "environment", "ISTIO_SERVICE_CIDR"), parsed.Given["istio-service-cidr"]);
        Assert.False(parsed.Given.ContainsKey("inbound-tunnel-port"));
    }

    [Fact]
    public void Of_two_variables_for_one_flag_the_first_that_is_set_counts()
    {
        Assert.Equal("REDIRECT_DNS", Source("REDIRECT_DNS=true", "ISTIO_META_DNS_CAPTURE=false"));
        Assert.Equal("ISTIO_META_DNS_CAPTURE", Source("REDIRECT_DNS=", "ISTIO_META_DNS_CAPTURE=true"));

        static string Source(params string[] environment) =>
            CaptureCommandLine.Parse([], Options.Environment(environment)).Given["redirect-dns"].Field;
    }

    [Fact]
    public void Istio_s_variables_mean_nothing_to_Linkerd_s_flags()
    {
        var parsed = CaptureCommandLine.Parse(["--linkerd"], Options.Environment("PROXY_UID=1", "ISTIO_INBOUND_PORTS=80", "INTERCEPT_BACKEND=nftables"));

        Assert.Equal(["backend", "linkerd"], parsed.Given.Keys.Order());
    }

    [Fact]
    public void A_list_adds_up_where_Linkerd_repeats_its_flag() => Assert.Equal(
        "80,443,8080-8090",
        CaptureCommandLine.Parse(Options.Words("--linkerd -r 80,443 --ports-to-redirect=8080-8090"), Options.Environment()).Given["ports-to-redirect"].Text);
}
