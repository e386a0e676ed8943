using System.Globalization;

namespace Intercept.Tests.Pods.Containers;

/// <summary>
/// A machine that runs pods: podman with a storage, a configuration and a network of its own, in a network namespace that stands for the
/// machine's own. Nothing of the real machine's changes, and what appears beside it is gone in the end, which is checked.
/// </summary>
public sealed class Machine : IAsyncLifetime
{
    public MachineFiles Files { get; } = new(Path.Combine(
        Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"intercept-machine-{Environment.ProcessId}")));

    /// <summary>Its maker's pid is part of it, by which leftovers are told.</summary>
    public string Namespace { get; } = string.Create(CultureInfo.InvariantCulture, $"intercept-machine-{Environment.ProcessId}");

    public string NamespacePath => $"/run/netns/{Namespace}";

    public async Task InitializeAsync()
    {
        Files.Write();
        await Programs.MustAsync("ip", "netns", "add", Namespace);
        await Programs.MustAsync("ip", "-n", Namespace, "link", "set", "lo", "up");
        await Images.LoadAsync(this);
    }

    public async Task DisposeAsync()
    {
        var pods = (await PodmanAsync("pod", "ps", "--no-trunc", "--quiet")).Must();
        var containers = (await PodmanAsync("ps", "--all", "--no-trunc", "--quiet")).Must();

        // By force and at once: what runs here has nothing to finish.
        foreach (var pod in Lines(pods))
        {
            await RemoveAsync(pod);
        }

        await PodmanAsync("rm", "--all", "--force", "--time", "0", "--volumes");
        await PodmanAsync("volume", "rm", "--all", "--force");
        var remaining = (await PodmanAsync("ps", "--all")).Must();
        await Programs.RunAsync("ip", "netns", "delete", Namespace);
        Traces.RemoveEmpty();

        // The storage has one of itself.
        await Programs.RunAsync("umount", Path.Combine(Files.Storage, "overlay"));
        var left = Traces.Of([.. Lines(pods), .. Lines(containers)], Files.Root);
        Assert.True(left.Count == 0, $"left behind:\n{string.Join('\n', left)}\n{remaining}");
        Directory.Delete(Files.Root, recursive: true);
    }

    /// <summary>podman as this machine has it.</summary>
    public Task<Finished> PodmanAsync(params IEnumerable<string> arguments) => PodmanAsync(arguments, "");

    public Task<Finished> PodmanAsync(IEnumerable<string> arguments, string input) => Programs.RunAsync(
        "nsenter",
        [$"--net={NamespacePath}", "podman", "--root", Files.Storage, "--runroot", Files.RunRoot, .. arguments],
        input,
        new Dictionary<string, string?> { ["CONTAINERS_CONF"] = Files.Configuration });

    /// <summary>A program in the machine's own network, as a kubelet is.</summary>
    public Task<Finished> RunAsync(string program, params IEnumerable<string> arguments) =>
        Programs.RunAsync("nsenter", [$"--net={NamespacePath}", program, .. arguments]);

    /// <summary>Starts what a file of Kubernetes' says.</summary>
    /// <param name="manifest">In podman's form; see <see cref="PodmanForm"/>.</param>
    /// <param name="addresses">Of the pod; none leaves it to the network.</param>
    public Task<Finished> PlayAsync(string manifest, IReadOnlyList<string> addresses, params IEnumerable<string> more)
    {
        var network = string.Concat(addresses.Select((address, index) => $"{(index == 0 ? ':' : ',')}ip={address}"));
        return PodmanAsync(["play", "kube", "--network", $"{MachineFiles.Network}{network}", .. more, "-"], manifest);
    }

    /// <summary>Ends a pod as its deletion does, and removes it.</summary>
    public async Task RemoveAsync(string pod)
    {
        var identifier = (await PodmanAsync("pod", "inspect", "--format", "{{.ID}}", pod)).Output.Trim();

        // podman may find a container ended that it is about to end, and gives up; the next time it knows.
        Finished? removed = null;
        await Patience.UntilAsync(
            async () => (removed = await PodmanAsync("pod", "rm", "--force", "--ignore", "--time", "0", pod)).ExitCode == 0, () => Task.FromResult(removed!.Said));
        Traces.RemoveCgroups(identifier);
    }

    /// <param name="container">POD-CONTAINER, as podman names it.</param>
    public async Task<string> LogsAsync(string container)
    {
        var logs = await PodmanAsync("logs", container);
        return logs.Output + logs.Error;
    }

    public Task<Finished> ExecAsync(string container, params IEnumerable<string> command) => PodmanAsync(["exec", container, .. command]);

    /// <summary>One of what podman inspect knows, by a template of Go.</summary>
    public async Task<string> InspectAsync(string container, string template) =>
        (await PodmanAsync("container", "inspect", "--format", template, container)).Must().Trim();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
