using Intercept.Capture.Ebpf;
using Intercept.Linux.Bpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>Programs without the process that loaded them: pinned, replaced in place, and gone with their pins.</summary>
public sealed class LifecycleTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    [SkippableFact]
    public async Task Pinned_programs_outlive_their_loader_are_replaced_without_a_gap_and_go_with_their_pins()
    {
        EbpfWorld.Need();
        await using var pins = await PinFolder.MountAsync(world.Name);
        await using var proxy = await world.StartProxyAsync();
        await using var peer = await world.StartPeerAsync(2000);
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll);
        world.PinLinks(pins.Of);
        Assert.Equal("outbound", (await world.CallAsync("10.77.0.1", 2000)).Name);

        using (var next = LoadOnTheSameMaps())
        {
            var calls = world.CallManyAsync("::ffff:10.77.0.1", 2000, 400);
            do
            {
                foreach (var program in CaptureObject.ProgramsFor((PodFlags)uint.MaxValue))
                {
                    using var link = BpfLink.OpenPinned(pins.Of(program));
                    link.Replace(next, program);
                }
            }
            while (!calls.IsCompleted);
            Assert.All((await calls).Values, seen => Assert.Equal("outbound", seen.Name));
        }

        Assert.Equal("outbound", (await world.CallAsync("10.77.0.1", 2000)).Name);
        foreach (var program in CaptureObject.ProgramsFor((PodFlags)uint.MaxValue))
        {
            File.Delete(pins.Of(program));
        }

        var seen = await world.CallAsync("10.77.0.1", 2000);
        Assert.Equal(("peer", "10.77.0.1:2000"), (seen.Name, seen.Peer));
        Assert.Contains("cannot", Assert.Throws<BpfException>(() => world.Loaded.Map<ulong, Pod>("pods").Pin("/proc/none")).Message, StringComparison.Ordinal);
        File.Delete(pins.Of(CaptureObject.InboundProgram));
    }

    [SkippableFact]
    public async Task A_map_that_another_version_made_is_refused_when_it_is_opened()
    {
        EbpfWorld.Need();
        await using var pins = await PinFolder.MountAsync(world.Name);
        world.Pods.Pin(pins.Of("pods"));
        using (var again = BpfMap<ulong, Pod>.OpenPinned(pins.Of("pods")))
        {
            again.Set(1, new Pod { Id = 3 });
            Assert.True(world.Pods.TryGet(1, out var pod));
            Assert.Equal(3u, pod.Id);
            Assert.True(again.Remove(1));
            Assert.False(again.Remove(1));
        }

        var failure = Assert.Throws<BpfException>(() => BpfMap<ulong, uint>.OpenPinned(pins.Of("pods")));
        Assert.Contains("values of 72 bytes, not of 8 and 4", failure.Message, StringComparison.Ordinal);
        Assert.Throws<BpfException>(() => BpfMap<ulong, uint>.OpenPinned(pins.Of("nothing")));
        File.Delete(pins.Of("pods"));
    }

    private BpfObject LoadOnTheSameMaps()
    {
        var next = CaptureObject.Open(world.Cookie);
        Share<ulong, Pod>(next, "pods");
        Share<ulong, Counters>(next, "pod_counters");
        Share<PortRule, uint>(next, "port_rules");
        Share<RangeRule, uint>(next, "range_rules");
        Share<OwnerRule, uint>(next, "owner_rules");
        Share<int, PendingValue>(next, "originals");
        Share<PendingKey, PendingValue>(next, "pending");
        next.Load();
        return next;
    }

    private void Share<TKey, TValue>(BpfObject next, string map)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        using var shared = world.Loaded.Map<TKey, TValue>(map);
        next.Share(map, shared);
    }
}
