namespace Intercept.Tests.Unit.Cni;

public sealed class CniProgramTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("intercept-cni-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task By_hand_it_says_what_it_is_and_answers_as_a_plugin()
    {
        var run = await CniRun.RunAsync([], "");

        Assert.Equal((64, 4), (run.ExitCode, run.Code));
        Assert.Contains("CNI_COMMAND is missing", run.Message, StringComparison.Ordinal);
        Assert.Contains("a CNI plugin that captures a pod's traffic", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "agent_socket")]
    [InlineData("--version", "CNI 0.3.1, 0.4.0, 1.0.0, 1.1.0")]
    public async Task These_flags_are_for_people(string flag, string said)
    {
        var run = await CniRun.RunAsync([flag], "");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.4.0")]
    [InlineData("1.1.0")]
    public async Task VERSION_answers_in_the_version_of_the_question(string version)
    {
        // podman asks with variables that mean nothing.
        var run = await CniRun.CallAsync("VERSION", $"{{\"cniVersion\":\"{version}\"}}", "CNI_NETNS=dummy", "CNI_CONTAINERID=dummy");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(version, run.Json.GetProperty("cniVersion").GetString());
        Assert.Equal(["0.3.1", "0.4.0", "1.0.0", "1.1.0"], run.Json.GetProperty("supportedVersions").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task What_is_missing_in_the_environment_is_told_at_once()
    {
        var run = await CniRun.CallAsync("ADD", Configuration("1.0.0"), "CNI_IFNAME=eth/0");

        Assert.Equal((1, 4), (run.ExitCode, run.Code));
        Assert.Equal(
            ["environment: CNI_CONTAINERID is missing", "environment: CNI_IFNAME 'eth/0' is not of the specification's form", "environment: CNI_NETNS is missing"],
            run.Details.Select(line => line.Split("; allowed")[0]));
    }

    [Theory]
    [InlineData("/proc/self/ns/net", "is the network namespace of this host")]
    [InlineData("/etc/passwd", "is not a network namespace")]
    [InlineData("/run/netns/long-gone", "is not a network namespace, or not any more")]
    public async Task A_namespace_that_cannot_be_a_pod_s_is_refused(string path, string why)
    {
        var run = await AddAsync(Configuration("1.0.0"), path);

        Assert.Equal(4, run.Code);
        Assert.Contains(why, run.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("2.0.0")]
    [InlineData("")]
    public async Task STATUS_needs_a_version_that_has_it(string version)
    {
        var run = await CniRun.CallAsync("STATUS", Configuration(version));

        Assert.Equal((1, 1), (run.ExitCode, run.Code));
        Assert.EndsWith("allowed: 1.1.0", run.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0.0")]
    [InlineData("1.1.0")]
    public async Task GC_succeeds_where_there_is_nothing_whatever_the_version(string version) =>
        Assert.Equal(0, (await CniRun.CallAsync("GC", Configuration(version))).ExitCode);

    [Theory]
    [InlineData("")]
    [InlineData("{\"cniVersion\":")]
    [InlineData("[1,2]")]
    [InlineData("null")]
    public async Task What_is_no_object_is_refused_as_undecodable(string text)
    {
        var run = await CniRun.CallAsync("ADD", text, "CNI_CONTAINERID=c", "CNI_IFNAME=eth0", "CNI_NETNS=/proc/1/ns/net");

        Assert.Equal((1, 6), (run.ExitCode, run.Code));
    }

    [Fact]
    public async Task More_than_a_mebibyte_is_refused()
    {
        var run = await CniRun.CallAsync("ADD", new string(' ', 10_000_000), "CNI_CONTAINERID=c", "CNI_IFNAME=eth0");

        Assert.Equal(6, run.Code);
        Assert.Contains("longer than 1048576 bytes", run.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"cniVersion\":\"9.9.9\",\"selectors\":7,\"agent_socket\":\"nowhere\"}")]
    public async Task DEL_succeeds_whatever_the_configuration_is(string configuration)
    {
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var run = await CniRun.CallAsync("DEL", configuration, "CNI_CONTAINERID=never-there", "CNI_IFNAME=eth0");

            Assert.Equal((0, ""), (run.ExitCode, run.Output));
        }
    }

    [Fact]
    public async Task Every_problem_of_the_configuration_is_told_at_once()
    {
        var run = await AddAsync($$"""
            {"cniVersion":"1.0.0","name":"net","state_directory":"{{_state}}","agent_sockets":"/x","timeout_seconds":0,"log_file":"here",
             "arguments":["-i","all","--dry-run"],"selectors":{"all":"yes"},"prevResult":[]}
            """, "/run/netns/long-gone");

        Assert.Equal(
            [
                "prevResult is not an object", "agent_sockets is not a key of this plugin; agent_socket is", "selectors.all '\"yes\"' is not of this kind",
                "arguments '--dry-run' is for the plugin to say", "arguments: -i 'all' is not a range of addresses", "timeout_seconds '0' is not of this kind",
                "log_file 'here' is not an absolute path",
            ],
            run.Details.Where(line => line.StartsWith("network configuration: ", StringComparison.Ordinal))
                .Select(line => line["network configuration: ".Length..].Split("; allowed")[0]));
    }

    [Fact]
    public async Task Log_lines_are_JSON_on_standard_error_and_in_the_file()
    {
        var run = await CniRun.CallAsync("DEL", Configuration("1.0.0"), "CNI_CONTAINERID=c0ffee", "CNI_IFNAME=eth0", "CNI_ARGS=K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web");

        Assert.Equal(run.Error, await File.ReadAllTextAsync(Path.Combine(_state, "intercept-cni.log")));
        var line = System.Text.Json.JsonDocument.Parse(run.Error).RootElement;
        Assert.Equal(
            ("info", "DEL", "c0ffee", "shop/web"),
            (line.GetProperty("level").GetString(), line.GetProperty("verb").GetString(), line.GetProperty("container").GetString(), line.GetProperty("pod").GetString()));
    }

    private static Task<CniRun> AddAsync(string configuration, string path) =>
        CniRun.CallAsync("ADD", configuration, "CNI_CONTAINERID=c", "CNI_IFNAME=eth0", $"CNI_NETNS={path}");

    private string Configuration(string version) =>
        $"{{\"cniVersion\":\"{version}\",\"name\":\"net\",\"type\":\"intercept-cni\",\"state_directory\":\"{_state}\",\"selectors\":{{\"all\":true}}}}";
}
