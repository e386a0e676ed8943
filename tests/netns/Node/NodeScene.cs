using System.Globalization;
using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Node;

/// <summary>A host's directories, an agent that works on them, and a pod that its plugin is called for as a runtime calls it.</summary>
internal sealed class NodeScene : IAsyncDisposable
{
    public const string Network = """{"name":"net","cniVersion":"1.0.0","plugins":[{"type":"bridge"}]}""";

    private static int _count;

    private readonly string _directory;
    private RunningAgent? _agent;

    private NodeScene(CaptureWorld world, string directory) => (World, _directory) = (world, directory);

    public CaptureWorld World { get; }

    public CaptureBackend Backend => CaptureBackend.IptablesNft;

    public KernelRules Rules => new(World, Backend);

    public string ConfigurationFile => $"{_directory}/net.d/10-net.conflist";

    public string State => $"{_directory}/state";

    public string Plugin => $"{_directory}/bin/intercept-cni";

    public RunningAgent Agent => _agent!;

    public static async Task<NodeScene> OpenAsync()
    {
        var directory = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"icept-node-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}"));
        foreach (var folder in new[] { "net.d", "bin", "pods" })
        {
            Directory.CreateDirectory(Path.Combine(directory, folder));
        }

        var scene = new NodeScene(await CaptureWorld.CreateAsync(), directory);
        await File.WriteAllTextAsync(scene.ConfigurationFile, Network);
        await scene.WriteManifestAsync();
        return scene;
    }

    /// <summary>Of the pod that the world's pod is.</summary>
    public Task WriteManifestAsync(string uid = "") => File.WriteAllTextAsync($"{_directory}/pods/web.yaml", $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, uid: "{{uid}}"}
        spec:
          containers: [{name: web}, {name: intercept-proxy}]
        """);

    /// <summary>Starts an agent and waits until it has done all that it does at a start.</summary>
    public async Task StartAsync(params IEnumerable<string> more)
    {
        _agent = RunningAgent.Start(
            Program("intercept-node"),
            ["run", "--manifests", $"{_directory}/pods", "--plugin", Program("intercept-cni"), "--address", "127.0.0.1:0", "--interval", "200ms", .. Places(), .. more,
                "--", "-i", "*", "-b", "*", .. Backend.Flags()]);
        await UntilAsync(status => status["known_pods"]!.GetValue<int>() == 1 && status["plugin"]!["problem"] is null);
    }

    /// <summary>Asks the agent until its answer is what is waited for.</summary>
    public async Task<JsonNode> UntilAsync(Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience.WithAProgram);
        var last = "";
        while (!limit.IsCancellationRequested && !Agent.HasExited)
        {
            var finished = await NodeAsync("status", "--state-dir", State, "--output", "json");
            last = finished.Said;
            if (finished.ExitCode is 0 or 95 && JsonNode.Parse(finished.Output) is { } status && condition(status))
            {
                return status;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"the agent never came to it; at last {last}\nit said {Agent.Said}");
    }

    /// <summary>The one pod, once this is true of it.</summary>
    public async Task<JsonNode> UntilPodAsync(Func<JsonNode, bool> condition) =>
        (await UntilAsync(status => status["pods"]!.AsArray() is [{ } pod] && condition(pod)))["pods"]![0]!;

    /// <summary>Calls the plugin as the chain's last, for the world's pod.</summary>
    public async Task<Finished> CallAsync(string verb, string name = "web")
    {
        var entry = JsonNode.Parse(await File.ReadAllTextAsync(ConfigurationFile))!["plugins"]!.AsArray()[^1]!.AsObject();
        entry["name"] = "net";
        entry["cniVersion"] = "1.0.0";
        entry["timeout_seconds"] = 5;
        entry["prevResult"] = JsonNode.Parse("""{"cniVersion":"1.0.0","interfaces":[{"name":"eth0"}],"ips":[]}""");
        return await Programs.RunAsync(
            "env",
            ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", $"CNI_COMMAND={verb}", "CNI_CONTAINERID=c1", $"CNI_NETNS={World.PodNamespace}", "CNI_IFNAME=eth0",
                $"CNI_PATH={_directory}/bin", $"CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME={name}", Plugin],
            entry.ToJsonString());
    }

    public async Task AddAsync()
    {
        var finished = await CallAsync("ADD");
        Assert.True(finished.ExitCode == 0, $"{finished.Said}\n{Agent.Said}");
    }

    public Task<Finished> UninstallAsync(params IEnumerable<string> more) => NodeAsync(["uninstall", .. Places(), .. more]);

    public Task<Finished> NodeAsync(params IEnumerable<string> arguments) => Programs.RunAsync(Program("intercept-node"), arguments);

    public static string Program(string name) => Path.Combine(Path.GetDirectoryName(Checkout.Init)!, name);

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        await World.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private IEnumerable<string> Places() => ["--cni-conf-dir", $"{_directory}/net.d", "--cni-bin-dir", $"{_directory}/bin", "--state-dir", State];
}
