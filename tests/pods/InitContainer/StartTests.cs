using Intercept.Tests.Pods.Containers;
using k8s.Models;

namespace Intercept.Tests.Pods.InitContainer;

/// <summary>The beginning of a pod and its end: what starts when, and what happens when a part of it does not.</summary>
[Collection(MachineCollection.Name)]
public sealed class StartTests(Machine machine) : IAsyncLifetime
{
    private const string Bystander = "10.77.0.60";

    private readonly List<string> _pods = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var pod in _pods)
        {
            await machine.RemoveAsync(pod);
        }
    }

    [Fact]
    public async Task The_init_container_has_the_two_capabilities_of_its_manifest_and_no_other()
    {
        (await PlayAsync("captured", WithoutProxy)).Must();

        var init = "captured-intercept-init";
        await Patience.UntilAsync(
            async () => await machine.InspectAsync(init, "{{.State.Status}} {{.State.ExitCode}}") == "exited 0", () => machine.LogsAsync(init));
        Assert.Equal("[CAP_NET_ADMIN CAP_NET_RAW]", await machine.InspectAsync(init, "{{.EffectiveCaps}}"));
        Assert.Equal("[CAP_NET_ADMIN CAP_NET_RAW]", await machine.InspectAsync(init, "{{.BoundingCaps}}"));
        Assert.Equal("true", await machine.InspectAsync(init, "{{.HostConfig.ReadonlyRootfs}}"));
        Assert.Contains("capture rules are in place", await machine.LogsAsync(init), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_was_written_for_istio_init_needs_another_image_and_nothing_else()
    {
        // As Istio's injector writes it, flags and environment.
        (await PlayAsync("injected", pod =>
        {
            WithoutProxy(pod);
            var init = pod.Spec.InitContainers[0];
            init.Name = "istio-init";
            init.Args =
            [
                "istio-iptables", "-p", "15001", "-z", "15006", "-u", "1337", "-m", "REDIRECT", "-i", "*", "-x", "10.9.0.0/16", "-b", "*", "-d",
                "15090,15021,15020", "--log_output_level=default:info",
            ];
            init.Env = [new V1EnvVar { Name = "ISTIO_META_DNS_CAPTURE", Value = "false" }, new V1EnvVar { Name = "INVALID_DROP", Value = "true" }];
        })).Must();

        var rules = await InPodAsync("injected", "plan", "-i", "*", "-x", "10.9.0.0/16", "-b", "*", "-d", "15090,15021,15020", "--drop-invalid");
        Assert.Contains("10.9.0.0/16", rules.Must(), StringComparison.Ordinal);
        (await InPodAsync("injected", "verify", "-i", "*", "-x", "10.9.0.0/16", "-b", "*", "-d", "15090,15021,15020", "--drop-invalid")).Must();
    }

    [Theory]
    [InlineData("NET_ADMIN", "missing capability CAP_NET_ADMIN", "add: [NET_ADMIN, NET_RAW]")]
    [InlineData("--bad-flag", "--bad-flag", "--help")]
    [InlineData("--iptables-probe-port 99999", "99999", "65535")]
    public async Task Without_rules_the_application_does_not_start_and_the_log_says_why_and_what_to_do(string cause, string why, string what)
    {
        var played = await PlayAsync("refused", pod =>
        {
            var init = pod.Spec.InitContainers[0];
            if (cause == "NET_ADMIN")
            {
                init.SecurityContext.Capabilities.Add = [];
            }
            else
            {
                init.Args = [.. init.Args, .. cause.Split(' ')];
            }

            WithoutProxy(pod);
        });

        Assert.NotEqual(0, played.ExitCode);
        var log = await machine.LogsAsync("refused-intercept-init");
        Assert.Contains(why, log, StringComparison.Ordinal);
        Assert.Contains(what, log, StringComparison.Ordinal);
        Assert.Equal("created", await machine.InspectAsync("refused-application", "{{.State.Status}}"));
    }

    [Fact]
    public async Task Before_the_proxy_is_there_a_connection_is_refused_and_not_let_through()
    {
        (await PlayAsync("captured", WithoutProxy)).Must();
        await StartBystanderAsync();

        var refused = await GetAsync("captured");
        Assert.Contains("refused", refused.Error, StringComparison.Ordinal);

        // And who is not captured is answered: it was not the network.
        (await InPodAsync("captured", "uninstall")).Must();
        Assert.Contains("in the clear", (await GetAsync("captured")).Must(), StringComparison.Ordinal);
    }

    private static void WithoutProxy(V1Pod pod)
    {
        pod.Spec.Containers = [.. pod.Spec.Containers.Where(container => container.Name != "intercept-proxy")];
        pod.Spec.Volumes = [.. pod.Spec.Volumes.Where(volume => volume.Name == "intercept-state")];
    }

    private async Task<Finished> PlayAsync(string name, Action<V1Pod> change)
    {
        _pods.Add(name);
        string[] addresses = ["10.77.0.50", "fd77::50"];
        return await machine.PlayAsync(
            new PodmanForm(addresses, machine.Files.Mounts).Of("application.yaml", pod =>
            {
                pod.Metadata.Name = name;
                change(pod);
            }),
            addresses);
    }

    /// <summary>A pod outside of the mesh, that answers whoever asks.</summary>
    private async Task StartBystanderAsync()
    {
        _pods.Add("bystander");
        (await machine.PodmanAsync(
            "pod", "create", "--name", "bystander", "--network", $"{MachineFiles.Network}:ip={Bystander}")).Must();
        (await machine.PodmanAsync(
            "run", "--detach", "--pod", "bystander", "--name", "bystander-application", Images.Busybox,
            "sh", "-ec", "mkdir /srv; echo in the clear >/srv/index.html; exec httpd -f -h /srv -p 8080")).Must();
        await Patience.UntilAsync(
            async () => (await machine.RunAsync("curl", "-sf", "--max-time", "2", $"http://{Bystander}:8080/")).ExitCode == 0,
            () => machine.LogsAsync("bystander-application"));
    }

    private Task<Finished> GetAsync(string pod) =>
        machine.ExecAsync($"{pod}-application", "wget", "-q", "-O", "-", $"http://{Bystander}:8080/");

    private Task<Finished> InPodAsync(string pod, params IEnumerable<string> arguments) => machine.PodmanAsync(
        ["run", "--rm", "--pod", pod, "--cap-drop", "all", "--cap-add", "net_admin,net_raw,setuid,setgid", "localhost/intercept-init:0.1.0", .. arguments]);
}
