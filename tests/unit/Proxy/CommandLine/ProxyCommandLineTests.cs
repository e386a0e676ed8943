using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Intercept.Core;
using Intercept.Core.Addressing;
using Intercept.Proxy.CommandLine;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Proxy.CommandLine;

public sealed class ProxyCommandLineTests
{
    private const int Processors = 3;

    private Dictionary<string, string> _environment = [];

    [Fact]
    public void Takes_Envoys_defaults_where_nothing_is_said() =>
        Assert.Equal(
            new ProxyOptions
            {
                ConfigPath = "bootstrap.yaml",
                ConfigYaml = null,
                Mode = ProxyMode.Serve,
                Concurrency = Processors,
                LogLevel = LogLevel.Information,
                LogPath = null,
                ServiceNode = null,
                ServiceCluster = null,
                DrainTime = TimeSpan.FromMinutes(10),
                AccessLogPath = "-",
                HealthAddresses = [],
            },
            Options("-c", "bootstrap.yaml") with { HealthAddresses = [] });

    [Fact]
    public void Answers_for_its_health_on_every_address() =>
        Assert.Equal<NetEndpoint>([Endpoint("0.0.0.0:15021"), Endpoint("[::]:15021")], Options("-c", "f").HealthAddresses);

    [Fact]
    public void Takes_every_flag()
    {
        var options = Options(
            "--config-path", "a.json", "--config-yaml", "node: {id: x}", "--mode", "validate", "--concurrency", "16", "--log-level", "debug",
            "--log-path", "/tmp/log", "--service-node", "sidecar~1", "--service-cluster", "web", "--drain-time-s", "0",
            "--access-log", "/tmp/access", "--client-address", "on", "--health-address", "127.0.0.1:0", "--health-address", "[::1]:15022");

        Assert.Equal(
            new ProxyOptions
            {
                ConfigPath = "a.json",
                ConfigYaml = "node: {id: x}",
                Mode = ProxyMode.Validate,
                Concurrency = 16,
                LogLevel = LogLevel.Debug,
                LogPath = "/tmp/log",
                ServiceNode = "sidecar~1",
                ServiceCluster = "web",
                DrainTime = TimeSpan.Zero,
                AccessLogPath = "/tmp/access",
                PresentsClients = true,
                HealthAddresses = [],
            },
            options with { HealthAddresses = [] });
        Assert.Equal<NetEndpoint>([Endpoint("127.0.0.1:0"), Endpoint("[::1]:15022")], options.HealthAddresses);
    }

    [Fact]
    public void Takes_the_flags_of_control_plane_and_certificates()
    {
        var feed = Options(
            "--control-plane", "istiod.istio-system.svc:15012", "--control-plane-ca", "/root.pem", "--ca", "[::1]:15012", "--token-file", "/token", "--state-dir", "/state").Feed;

        Assert.Equal(
            ("istiod.istio-system.svc:15012", "/root.pem", "[::1]:15012", "/root.pem", "/token", "/state"),
            ($"{feed.ControlPlane}", feed.ControlPlaneTrustPath, $"{feed.Ca}", feed.CaTrustPath, feed.TokenPath, feed.StateFolder));
        Assert.Equal("/run/agent.sock", Options("-c", "f", "--workload-api-socket", "unix:///run/agent.sock").Feed.WorkloadApiSocket);
    }

    [Fact]
    public void Does_without_a_bootstrap_where_there_is_a_control_plane() =>
        Assert.Contains("15000", Options("--control-plane", "127.0.0.1:15010").ConfigYaml, StringComparison.Ordinal);

    [Fact]
    public void Does_without_a_bootstrap_in_the_environment_of_a_sidecar()
    {
        _environment = new()
        {
            ["POD_NAME"] = "web-1",
            ["POD_NAMESPACE"] = "shop",
            ["SERVICE_ACCOUNT"] = "web",
            ["INSTANCE_IP"] = "10.0.0.1",
        };
        var options = Options();

        Assert.Equal("spiffe://cluster.local/ns/shop/sa/web", options.Feed.Sidecar!.Identity.Text);
        Assert.Null(Options("-c", "f").Feed.Sidecar);
    }

    [Fact]
    public void Says_what_is_wrong_with_the_environment_of_a_sidecar()
    {
        _environment = new() { ["POD_NAME"] = "web-1", ["POD_NAMESPACE"] = "shop", ["INSTANCE_IP"] = "10.0.0.1" };
        var (code, _, error) = Refused();

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(error, line => line.Contains("SERVICE_ACCOUNT is not set", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-c", "f", "-l", "off")]
    [InlineData("-c=f", "-l=off")]
    [InlineData("--config-path=f", "--log-level=off")]
    public void Takes_a_value_after_a_space_or_an_equals_sign(params string[] arguments)
    {
        var options = Options(arguments);

        Assert.Equal("f", options.ConfigPath);
        Assert.Equal(LogLevel.None, options.LogLevel);
    }

    [Fact]
    public void Turns_off_what_is_off()
    {
        var options = Options("-c", "f", "--access-log", "off", "--health-address", "off");

        Assert.Null(options.AccessLogPath);
        Assert.Empty(options.HealthAddresses);
    }

    [Fact]
    public void Does_without_a_file_where_the_configuration_is_on_the_command_line() =>
        Assert.Equal("node: {id: '@x'}", Options("--config-yaml", "node: {id: '@x'}").ConfigYaml);

    [Fact]
    public void Does_not_read_a_file_for_an_argument_with_an_at_sign() =>
        Assert.Equal("@/etc/hostname", Options("-c", "@/etc/hostname").ConfigPath);

    [Theory]
    [InlineData("--config-path is missing; allowed: -c FILE, --config-yaml TEXT, or both; or --control-plane ADDRESS, or the environment of a sidecar (POD_NAME, POD_NAMESPACE, ...)")]
    [InlineData("--config-path needs a value; allowed: FILE", "-c")]
    [InlineData("--config-path needs a value; allowed: FILE", "-c", "")]
    [InlineData("--config-path 'g' is given twice; allowed: once", "-c", "f", "--config-path", "g")]
    [InlineData("--mode 'init_only' is not a choice; allowed: serve or validate", "-c", "f", "--mode", "init_only")]
    [InlineData("--concurrency '0' is not in range; allowed: a whole number from 1 to 1024", "-c", "f", "--concurrency", "0")]
    [InlineData("--concurrency '-1' is not in range; allowed: a whole number from 1 to 1024", "-c", "f", "--concurrency=-1")]
    [InlineData("--concurrency '99999999999' is not in range; allowed: a whole number from 1 to 1024", "-c", "f", "--concurrency", "99999999999")]
    [InlineData("--drain-time-s '45s' is not in range; allowed: a whole number from 0 to 86400", "-c", "f", "--drain-time-s", "45s")]
    [InlineData("--log-level 'loud' is not a level; allowed: trace, debug, info, warning, error, critical or off", "-c", "f", "-l", "loud")]
    [InlineData("--health-address ':15021' is not an address with a port; allowed: 0.0.0.0:15021 or [::]:15021, or off alone", "-c", "f", "--health-address", ":15021")]
    [InlineData("--health-address 'off' is not an address with a port; allowed: 0.0.0.0:15021 or [::]:15021, or off alone", "-c", "f", "--health-address", "off", "--health-address", "[::]:1")]
    [InlineData("--health-address '[::]:1' is given twice; allowed: once", "-c", "f", "--health-address", "[::]:1", "--health-address", "[::]:1")]
    [InlineData("--control-plane 'istiod' is not where a server can be; allowed: host:port, [IPv6]:port or unix:/path", "--control-plane", "istiod", "-c", "f")]
    [InlineData("--control-plane-ca is missing: istiod:15012 would be believed without being known; allowed: a PEM file with the authorities of its certificate, or an address of this host", "--control-plane", "istiod:15012")]
    [InlineData("--ca-root is missing: istiod:15012 would be believed without being known; allowed: a PEM file with the authorities of its certificate, or an address of this host", "-c", "f", "--ca", "istiod:15012")]
    [InlineData("--sds-socket is a second source of certificates beside --workload-api-socket; allowed: one of the two", "-c", "f", "--workload-api-socket", "/a", "--sds-socket", "/b")]
    [InlineData("--sds-socket 'a' is not absolute; allowed: the path of a Unix socket", "-c", "f", "--sds-socket", "a")]
    [InlineData("--confg-path is not a flag; did you mean --config-path?", "--confg-path", "f", "-c", "f")]
    [InlineData("--zzz is not a flag", "-c", "f", "--zzz=1")]
    [InlineData("-x is not a flag", "-x", "-c", "f")]
    [InlineData("--restart-epoch belongs to hot restart, which there is not; allowed: leave it out", "-c", "f", "--restart-epoch", "0")]
    [InlineData("proxy is no flag; allowed: flags and their values only; see --help", "-c", "f", "proxy")]
    public void Says_what_is_wrong_and_what_is_allowed(string problem, params string[] arguments)
    {
        var (code, output, error) = Refused(arguments);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal("", output);
        Assert.Equal([$"intercept-proxy: command line: {problem}", "intercept-proxy: 1 problem(s); see intercept-proxy --help"], error);
    }

    [Fact]
    public void Says_all_that_is_wrong_at_once()
    {
        var (code, _, error) = Refused("--mode", "x", "--concurrency", "y", "-l", "z", "--base-id", "3", "stray", "--drain-time-s");

        Assert.Equal(ExitCode.Usage, code);
        string[] fields = ["--base-id", "stray", "--mode", "--concurrency", "--log-level", "--drain-time-s", "--config-path"];
        Assert.Equal(fields, error.SkipLast(1).Select(line => line.Split(' ')[3]));
        Assert.Equal("intercept-proxy: 7 problem(s); see intercept-proxy --help", error[^1]);
    }

    [Theory]
    [InlineData("--version")]
    [InlineData("version")]
    [InlineData("-c", "f", "--version")]
    public void Says_its_version(params string[] arguments)
    {
        var (code, output, error) = Refused(arguments);

        Assert.Equal(ExitCode.Success, code);
        Assert.Matches(@"^intercept-proxy \d+\.\d+\.\d+\n$", output);
        Assert.Empty(error);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    public void Helps_with_every_flag_and_with_examples(string argument)
    {
        var (code, output, _) = Refused(argument);

        Assert.Equal(ExitCode.Success, code);
        Assert.All(FlagTable.All, flag => Assert.Contains($"{flag.LongForm} {flag.Placeholder}\n", output, StringComparison.Ordinal));
        var examples = output.Split('\n').Where(line => line.StartsWith("  intercept-proxy ", StringComparison.Ordinal)).ToList();
        Assert.True(examples.Count >= 3);
    }

    [Theory]
    [InlineData("intercept-proxy --con", "--config-path --config-yaml --concurrency --control-plane --control-plane-ca")]
    [InlineData("intercept-proxy --mode v", "validate")]
    [InlineData("intercept-proxy -c f -l w", "warning")]
    public async Task Completes_flags_and_their_words_in_bash(string typed, string expected)
    {
        var (_, script, _) = Refused("completion", "bash");
        var words = typed.Split(' ');
        var ask = $"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={words.Length - 1}; _intercept_proxy; echo \"${{COMPREPLY[@]}}\"";

        var bash = await Cli.Wrap("bash").WithArguments(["-c", ask]).ExecuteBufferedAsync();
        Assert.Equal(expected, bash.StandardOutput.Trim());
    }

    [Fact]
    public void Names_the_shells_that_it_completes_for()
    {
        var (code, _, error) = Refused("completion", "fish");

        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal("intercept-proxy: completion: name a shell; allowed: bash", Assert.Single(error));
    }

    private static NetEndpoint Endpoint(string text) => NetEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);

    private ProxyOptions Options(params string[] arguments)
    {
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var options = ProxyCommandLine.Parse(arguments, Processors, _environment, error, error, out _);
        Assert.True(options is not null, error.ToString());
        return options;
    }

    private (int Code, string Output, string[] Error) Refused(params string[] arguments)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        Assert.Null(ProxyCommandLine.Parse(arguments, Processors, _environment, output, error, out var code));
        return (code, output.ToString(), error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
