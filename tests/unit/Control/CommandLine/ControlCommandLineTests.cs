using Intercept.Control.CommandLine;
using Intercept.Control.Logging;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Control.CommandLine;

public sealed class ControlCommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-commands-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void Serves_a_folder_on_istiods_ports_when_nothing_else_is_said()
    {
        var options = Assert.IsType<ServeOptions>(Parse("serve", "--manifests", _folder));
        Assert.Equal((_folder, false), (options.Manifests, options.IsKubernetes));
        Assert.Equal("127.0.0.1:15010", $"{Assert.Single(options.Addresses.Plaintext)}");
        Assert.Equal(15012, Assert.Single(options.Addresses.Tls).Port);
        Assert.Equal(15014, Assert.Single(options.Addresses.Status).Port);
        Assert.Null(options.Addresses.Socket);
        Assert.Equal("cluster.local", options.Mesh.TrustDomain.Name);
        Assert.Equal((TimeSpan.FromHours(24), "/var/lib/intercept-control"), (options.Authority.CertificateLife, options.Authority.StateDir));
        Assert.Equal((TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)), (options.PushDelay, options.LongestPushDelay));
        Assert.Equal((LogLevel.Information, LogForm.Text), (options.LogLevel, options.LogForm));
    }

    [Fact]
    public void Takes_what_is_said()
    {
        var options = Assert.IsType<ServeOptions>(Parse(
            "serve", "--kubernetes", "--kubeconfig", "/k", "--tls-address", "off", "--status-address=127.0.0.1:9", "-s", "/run/c.sock", "--cert-ttl", "1m",
            "--trust-domain", "example.org", "--log-format", "json", "-l", "debug", "--max-proxies", "7", "--drain-time-s", "0",
            "--plaintext-address", "127.0.0.1:1", "--plaintext-address", "[::1]:1", "--node-account", "spiffe://example.org/ns/a/sa/b"));
        Assert.True(options.IsKubernetes);
        Assert.Empty(options.Addresses.Tls);
        Assert.Equal(2, options.Addresses.Plaintext.Length);
        Assert.Equal(("/run/c.sock", "/k", 7), (options.Addresses.Socket, options.Kubeconfig, options.MaximumProxies));
        Assert.Equal((LogLevel.Debug, LogForm.Json, TimeSpan.Zero), (options.LogLevel, options.LogForm, options.DrainTime));
        Assert.Equal("b", Assert.Single(options.Authority.NodeAccounts).ServiceAccount);
    }

    [Theory]
    [InlineData("serve", "--manifests is missing; allowed: --manifests DIR or --kubernetes")]
    [InlineData("serve --manifests", "--manifests needs a value; allowed: DIR")]
    [InlineData("serve --kubernetes --manifests /", "--manifests and --kubernetes are both given")]
    [InlineData("serve --manifests /nowhere", "--manifests '/nowhere' is not there")]
    [InlineData("serve --manifests / --kubeconfig /k", "--kubeconfig is of no use without --kubernetes")]
    [InlineData("serve --manifests / --plaintext-address 0.0.0.0:15010", "--plaintext-address '0.0.0.0:15010' is reached from other machines")]
    [InlineData("serve --manifests / --plaintext-address 127.0.0.1", "--plaintext-address '127.0.0.1' is not an address with a port")]
    [InlineData("serve --manifests / --cert-ttl 1s", "--cert-ttl '1s' is not a duration in range")]
    [InlineData("serve --manifests / --cert-ttl day", "--cert-ttl 'day' is not a duration")]
    [InlineData("serve --manifests / --trust-domain Example", "--trust-domain 'Example' is not a trust domain")]
    [InlineData("serve --manifests / --root-namespace a_b", "--root-namespace 'a_b' is not a name of DNS")]
    [InlineData("serve --manifests / --log-level loud", "--log-level 'loud' is not a choice")]
    [InlineData("serve --manifests / --manifest /", "--manifest is not a flag; did you mean --manifests?")]
    [InlineData("serve --manifests / --ttl 1h", "--ttl is no flag of serve; allowed: with token")]
    [InlineData("serve --manifests / extra", "extra is no flag of serve")]
    [InlineData("serve --manifests / --max-proxies 0", "--max-proxies '0' is not in range")]
    [InlineData("serve --manifests / --node-account spiffe://td/x", "--node-account 'spiffe://td/x' is not a workload's identity")]
    [InlineData("validate", "DIR is missing")]
    [InlineData("validate /nowhere", "/nowhere is not there")]
    [InlineData("status --output yaml", "--output 'yaml' is not a choice; allowed: text or json")]
    [InlineData("token make --identity spiffe://cluster.local/ns/a/sa/b", "make is not what can be done; allowed: create")]
    [InlineData("token create", "--identity is missing")]
    [InlineData("token create --identity spiffe://other/ns/a/sa/b", "--identity 'spiffe://other/ns/a/sa/b' is of another trust domain")]
    [InlineData("ca", " is not what can be done; allowed: rotate")]
    [InlineData("sevre", "'sevre' is not a command; did you mean serve?")]
    [InlineData("", "'' is not a command")]
    public void Refuses_what_is_wrong_by_name(string line, string complaint)
    {
        Assert.Null(Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), expected: 64));
        Assert.Contains(complaint, $"{_error}", StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_every_problem_at_once()
    {
        Assert.Null(Parse(["serve", "--cert-ttl", "0", "--log-level", "loud", "--wrong"], expected: 64));
        Assert.Contains("4 problem(s)", $"{_error}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("serve --help")]
    [InlineData("help serve")]
    public void Helps_with_every_flag_of_serve_and_examples(string line)
    {
        Assert.Null(Parse(line.Split(' '), expected: 0));
        Assert.All(FlagTable.Of(CommandNames.Serve), flag => Assert.Contains($"{flag.LongForm} {flag.Placeholder}".TrimEnd(), $"{_output}", StringComparison.Ordinal));
        Assert.Contains("intercept-control serve --manifests /etc/intercept/manifests", $"{_output}", StringComparison.Ordinal);
    }

    [Fact]
    public void Completes_commands_and_flags()
    {
        Assert.Null(Parse(["completion", "bash"], expected: 0));
        Assert.Contains("--manifests", $"{_output}", StringComparison.Ordinal);
        Assert.Contains("serve validate status token ca completion help version", $"{_output}", StringComparison.Ordinal);
        Assert.Null(Parse(["completion", "fish"], expected: 64));
    }

    [Fact]
    public void Tells_its_version()
    {
        Assert.Null(Parse(["version"], expected: 0));
        Assert.StartsWith("intercept-control 0.", $"{_output}", StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        Directory.Delete(_folder);
    }

    private object? Parse(params string[] arguments) => Parse(arguments, expected: 0);

    private object? Parse(string[] arguments, int expected)
    {
        var options = ControlCommandLine.Parse(arguments, _output, _error, out var exitCode);
        Assert.True(expected == exitCode, $"{exitCode}: {_error}");
        return options;
    }
}
