using Intercept.Tests.Cases;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

/// <summary>A world of its own for one test, where one backend installs.</summary>
internal sealed class CaptureScene : IAsyncDisposable
{
    /// <summary>What Istio's injector asks for, and everything else that makes rules of its own.</summary>
    public static readonly string[] Everything = ["-i", "*", "-b", "*", "-d", "15090,15021,15020", "-o", "7", "--redirect-dns"];

    private CaptureScene(CaptureWorld world, CaptureBackend backend)
    {
        World = world;
        Backend = backend;
        Rules = new KernelRules(world, backend);
    }

    public CaptureWorld World { get; }

    public CaptureBackend Backend { get; }

    public KernelRules Rules { get; }

    public static IReadOnlyList<FlowCase> Outbound { get; } = Flows("app>service:80/tcp/4", "app>service:80/tcp/6");

    public static IReadOnlyList<FlowCase> Inbound { get; } = Flows("peer>pod:8080/tcp/4", "peer>pod:8080/tcp/6");

    public static async Task<CaptureScene> OpenAsync(CaptureBackend backend, bool proxy = true)
    {
        var scene = new CaptureScene(await CaptureWorld.CreateAsync(proxy), backend);
        if (backend == CaptureBackend.IptablesLegacy && await LegacyKernel.PrepareAsync(scene.World) is { } why)
        {
            await scene.DisposeAsync();
            Skip.If(true, why);
        }

        return scene;
    }

    public static IReadOnlyList<FlowCase> Flows(params IEnumerable<string> names) =>
        [.. names.Select(name => FlowCases.All.Single(flow => flow.Name == name))];

    /// <summary>Runs install with this backend, which must succeed.</summary>
    public async Task<string> InstallAsync(params IEnumerable<string> arguments)
    {
        var finished = await World.InitAsync(["install", .. arguments, .. Backend.Flags()]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Error;
    }

    public async Task<string> UninstallAsync()
    {
        var finished = await World.InitAsync(["uninstall"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Error;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
