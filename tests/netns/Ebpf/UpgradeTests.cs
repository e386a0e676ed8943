using Intercept.Capture.Ebpf;
using Intercept.Linux.Bpf;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>Other programs take the place of those that run.</summary>
public sealed class UpgradeTests
{
    private const int Reloads = 40;
    private const int Connections = 50_000;

    [SkippableFact]
    public async Task Fifty_thousand_connections_across_forty_reloads_are_all_captured()
    {
        await using var scene = await EbpfScene.OpenAsync();
        using var objects = new Objects();
        await scene.InstallAsync([.. EbpfScene.Everything, "--ebpf-object", objects.One]);
        var (reloads, connections) = (0, 0L);
        while (reloads < Reloads || connections < Connections)
        {
            Assert.True(reloads < 4 * Reloads, $"{connections} connections in {reloads} reloads: the machine is too slow to say anything");
            var outcomes = await scene.World.Pod.HammerAsync(CaptureScene.Outbound, async () =>
            {
                for (var round = 0; round < 5; round++, reloads++)
                {
                    var said = await scene.InstallAsync([.. EbpfScene.Everything, "--ebpf-object", reloads % 2 == 0 ? objects.Other : objects.One]);
                    Assert.Contains("not of this object", said, StringComparison.Ordinal);
                }
            });
            outcomes.AllWentTo("pod:15001", CaptureScene.Outbound);
            connections += outcomes.Values.Sum(count => (long)count);
        }

        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task Inbound_connections_are_captured_while_the_programs_are_replaced()
    {
        await using var scene = await EbpfScene.OpenAsync();
        using var objects = new Objects();
        await scene.InstallAsync([.. EbpfScene.Everything, "--ebpf-object", objects.One]);
        var kept = await KeptConnection.OpenAsync(scene.World, CaptureScene.Inbound[0]);
        var outcomes = await scene.World.Peer.HammerAsync(
            CaptureScene.Inbound, () => scene.InstallAsync([.. EbpfScene.Everything, "--ebpf-object", objects.Other]));
        outcomes.AllWentTo("pod:15006", CaptureScene.Inbound);
        Assert.Equal("pod:15006", (await kept.AskAsync()).By);
        Assert.Equal(CaptureImage.Read(objects.Other).Hash, (string)(await scene.StatusAsync())["ebpf"]!["object_hash"]!);
        await scene.UninstallAsync();
    }

    [SkippableFact]
    public async Task What_another_layout_pinned_for_this_pod_is_replaced_and_removed()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync(EbpfScene.Everything);

        // What an older version would have left: the same directories under another number.
        var old = scene.Layout with { Number = 0 };
        Directory.Move(scene.Layout.Version, old.Version);
        var said = await scene.InstallAsync(EbpfScene.Everything);
        Assert.Contains("capture rules are in place", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(old.Version));
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Assert.All((await scene.World.SendAsync(CaptureScene.Inbound)).Values, answer => Assert.Equal("pod:15006", answer.By));
        await scene.UninstallAsync();
        Assert.False(Directory.Exists(scene.Layout.Root));
    }

    [SkippableFact]
    public async Task Maps_of_another_form_are_named_and_left_alone()
    {
        await using var scene = await EbpfScene.OpenAsync();
        await scene.InstallAsync(EbpfScene.Everything);
        var pods = Path.Combine(scene.Layout.Maps, "pods");
        File.Delete(pods);
        using (var other = BpfMap<uint, uint>.CreateArray("other", 1))
        {
            other.Pin(pods);
        }

        var refused = await scene.InitAsync(["install", "--backend", "ebpf", .. EbpfScene.Everything]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(pods, refused.Error, StringComparison.Ordinal);
        Assert.Contains("another version of Intercept made it", refused.Error, StringComparison.Ordinal);

        // The programs do not depend on the name of a map, and what they do is still done.
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        Directory.Delete(scene.Layout.Root, recursive: true);
    }

    /// <summary>Two objects that are the same to the kernel and different to us: what follows the last section of an ELF file means nothing.</summary>
    private sealed class Objects : IDisposable
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("icept-objects-").FullName;

        public Objects()
        {
            File.WriteAllBytes(One, CaptureImage.BuiltIn.Bytes);
            File.WriteAllBytes(Other, [.. CaptureImage.BuiltIn.Bytes, 0, 0, 0, 0]);
        }

        public string One => Path.Combine(_directory, "one.o");

        public string Other => Path.Combine(_directory, "other.o");

        public void Dispose() => Directory.Delete(_directory, recursive: true);
    }
}
