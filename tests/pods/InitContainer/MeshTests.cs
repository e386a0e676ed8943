using System.Globalization;
using Intercept.Tests.Pods.Containers;
using Xunit.Abstractions;

namespace Intercept.Tests.Pods.InitContainer;

/// <summary>The pods of deploy/kubernetes, run as they stand there.</summary>
[Collection(MachineCollection.Name)]
public sealed class MeshTests(Mesh mesh, ITestOutputHelper output) : IClassFixture<Mesh>
{
    private const string Client = "spiffe://cluster.local/ns/front/sa/client";
    private const string Server = "spiffe://cluster.local/ns/shop/sa/server";

    private readonly Machine _machine = mesh.Machine;

    [Fact]
    public async Task The_application_reaches_the_server_and_both_proxies_say_that_it_was_mutual_TLS()
    {
        Assert.Contains(Mesh.Greeting, (await GetAsync("client", Mesh.ServiceAddress)).Must(), StringComparison.Ordinal);

        var sent = await AccessLog.LineAsync(
            _machine, "client", line => line.Text("direction") == "outbound" && line.Text("original_destination") == $"{Mesh.ServiceAddress}:8080");
        var received = await AccessLog.LineAsync(
            _machine, "server", line => line.Text("direction") == "inbound" && line.Text("downstream_remote_address") == sent.Text("upstream_local_address"));
        output.WriteLine($"{sent}\n{received}");
        Assert.Equal((Client, Server), (received.Text("source.principal"), sent.Text("destination.principal")));
        Assert.Equal(("TLSv1.3", "TLSv1.3"), (sent.Text("upstream_tls_version"), received.Text("downstream_tls_version")));
        Assert.EndsWith(":8080", received.Text("original_destination"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_identity_is_refused_by_policy()
    {
        (await mesh.TryPlayAsync("application.yaml", "guest", "front", ["10.77.0.30", "fd77::30"])).Must();
        await mesh.ReadyAsync("guest", "10.77.0.30");

        var refused = await GetAsync("guest", Mesh.ServiceAddress);
        Assert.True(refused.ExitCode != 0, refused.Said);
        var line = await AccessLog.LineAsync(_machine, "server", line => line.Text("source.principal") == "spiffe://cluster.local/ns/front/sa/guest");
        Assert.Equal("policy", line.Text("blame"));
    }

    [Theory]
    [InlineData("client-application", 10001)]
    [InlineData("client-intercept-proxy", 1337)]
    [InlineData("server-application", 10001)]
    [InlineData("server-intercept-proxy", 1337)]
    [InlineData("istiod-intercept-control", 65532)]
    public async Task A_container_runs_as_its_user_without_any_capability(string container, int uid)
    {
        var status = await StatusAsync(container);
        Assert.Equal($"{uid}\t{uid}\t{uid}\t{uid}", status["Uid"]);
        Assert.All(["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], set => Assert.Equal("0000000000000000", status[set]));
        Assert.Equal(("1", "2"), (status["NoNewPrivs"], status["Seccomp"]));
        Assert.Equal("true", await _machine.InspectAsync(container, "{{.HostConfig.ReadonlyRootfs}}"));
    }

    [Fact]
    public async Task A_probe_is_answered_where_its_port_is_left_out_and_the_application_answers_nobody_in_plaintext()
    {
        Assert.Contains("ok", (await ProbeAsync(8081, "/health")).Must(), StringComparison.Ordinal);
        (await ProbeAsync(15021, "/healthz/ready")).Must();

        // The server does listen there, and its proxy speaks to nobody without a certificate.
        Assert.NotEqual(0, (await ProbeAsync(8080, "/")).ExitCode);
        var line = await AccessLog.LineAsync(_machine, "server", line => line.Text("close_reason") == "no_filter_chain");
        Assert.StartsWith(MachineFiles.Gateway, line.Text("downstream_remote_address"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Job_ends_when_its_application_has_ended()
    {
        (await mesh.TryPlayAsync(
            "job.yaml", "batch", "front", ["10.77.0.31", "fd77::31"],
            pod => pod.Spec.Containers[0].Env[0].Value = $"http://{Mesh.ServiceAddress}:8080/", "client")).Must();

        foreach (var container in new[] { "batch-application", "batch-intercept-proxy" })
        {
            await Patience.UntilAsync(
                async () => await _machine.InspectAsync(container, "{{.State.Status}} {{.State.ExitCode}}") == "exited 0", () => _machine.LogsAsync(container));
        }

        Assert.Contains(Mesh.Greeting, await _machine.LogsAsync("batch-application"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_hosts_bpffs_and_cgroups_eBPF_programs_capture()
    {
        await using var bpffs = await MountedBpffs.CreateAsync(_machine);
        (await mesh.TryPlayAsync("application-ebpf.yaml", "programs", "front", ["10.77.0.32", "fd77::32"], pod =>
        {
            bpffs.Mount(pod);

            // The standard profile of podman 4.3 keeps bpf(2) from CAP_BPF, unlike containerd's; in this form podman reads it.
            pod.Metadata.Annotations = new Dictionary<string, string> { ["container.seccomp.security.alpha.kubernetes.io/intercept-init"] = "unconfined" };
        }, "client")).Must();
        await mesh.ReadyAsync("programs", "10.77.0.32");

        var log = await _machine.LogsAsync("programs-intercept-init");
        Assert.True(log.Contains("backend: eBPF, because", StringComparison.Ordinal), log);
        Assert.Contains(Mesh.Greeting, (await GetAsync("programs", Mesh.ServiceAddress)).Must(), StringComparison.Ordinal);
        var sent = await AccessLog.LineAsync(_machine, "programs", line => line.Text("direction") == "outbound");
        Assert.Equal((Server, "TLSv1.3"), (sent.Text("destination.principal"), sent.Text("upstream_tls_version")));
        await mesh.RemoveAsync("programs");
    }

    [Fact]
    public async Task Without_the_right_to_load_programs_rules_capture_and_the_log_says_what_was_missing()
    {
        await using var bpffs = await MountedBpffs.CreateAsync(_machine);
        (await mesh.TryPlayAsync("application-ebpf.yaml", "rules", "front", ["10.77.0.33", "fd77::33"], pod =>
        {
            bpffs.Mount(pod);
            pod.Spec.InitContainers[0].SecurityContext.Capabilities.Add = ["NET_ADMIN"];
        }, "client")).Must();
        await mesh.ReadyAsync("rules", "10.77.0.33");

        var log = await _machine.LogsAsync("rules-intercept-init");
        Assert.Contains("backend: iptables-nft", log, StringComparison.Ordinal);
        Assert.Contains("missing capability CAP_BPF", log, StringComparison.Ordinal);
        Assert.Contains(Mesh.Greeting, (await GetAsync("rules", Mesh.ServiceAddress)).Must(), StringComparison.Ordinal);
        await mesh.RemoveAsync("rules");
    }

    private Task<Finished> ProbeAsync(int port, string path) => _machine.RunAsync(
        "curl", "-s", "--max-time", "30", string.Create(CultureInfo.InvariantCulture, $"http://{Mesh.ServerAddress}:{port}{path}"));

    private Task<Finished> GetAsync(string pod, string address) =>
        _machine.ExecAsync($"{pod}-application", "wget", "-q", "-O", "-", $"http://{address}:8080/");

    private async Task<Dictionary<string, string>> StatusAsync(string container)
    {
        var pid = await _machine.InspectAsync(container, "{{.State.Pid}}");
        return (await File.ReadAllLinesAsync($"/proc/{pid}/status")).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
    }
}
