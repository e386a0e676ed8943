using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Linux.Bpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What the programs of bpf/ say about single connections.</summary>
public sealed class EventTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const PodFlags Everything = PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.Inbound | PodFlags.InboundAll | PodFlags.UdpRefuse;

    [SkippableFact]
    public async Task What_is_refused_is_told_with_who_called_and_where_to_and_what_is_captured_on_demand()
    {
        EbpfWorld.Need();
        using var ring = OpenRing();
        Enrol(Everything, limit: 100);
        await using var proxy = await world.StartProxyAsync();
        await world.CallAsync("10.96.0.10", 80);
        await world.AskAsync([], ("fd96::10", 4433));
        var refused = Assert.Single(ReadAll(ring));
        Assert.Equal(
            ((uint)CaptureReason.OutUdpRefused, world.Cookie, "python3", 4433, 0u),
            (refused.Reason, refused.Netns, refused.Command.ToString(), Port(refused), refused.Uid));
        Assert.Equal("fd96::10", refused.Address.ToString());
        Assert.NotEqual(0u, refused.Process);
        Assert.InRange(TimeSpan.FromMilliseconds(Environment.TickCount64) - TimeSpan.FromTicks((long)(refused.Time / 100)), TimeSpan.FromSeconds(-5), Patience.WithAProgram);

        world.Change(pod => pod with { Flags = pod.Flags | PodFlags.EventsCaptured });
        await world.CallAsync("10.96.0.10", 80);
        await world.CallFromPeerAsync("10.77.0.2", 9000);
        var captured = ReadAll(ring);
        Assert.Equal(
            [((uint)CaptureReason.OutCaptured, "python3", 80), ((uint)CaptureReason.InCaptured, "", 9000)],
            captured.Select(one => (one.Reason, one.Command.ToString(), Port(one))));
        Assert.Equal("10.77.0.1", captured[1].Address.ToString());
        Assert.Equal(0UL, world.Count(CaptureReason.EventLost));
    }

    [SkippableFact]
    public async Task No_more_events_than_the_limit_of_a_second_are_told_and_the_others_are_counted()
    {
        EbpfWorld.Need();
        using var ring = OpenRing();
        Enrol(Everything, limit: 3);
        var asked = await world.AskAsync([], Enumerable.Range(5000, 200).Select(port => ("10.96.0.10", port)));
        Assert.Equal(200, asked.Length);
        var told = ReadAll(ring).Count;

        // A second may have passed meanwhile, hardly more.
        Assert.InRange(told, 3, 12);
        Assert.Equal((200UL, 200UL - (ulong)told), (world.Count(CaptureReason.OutUdpRefused), world.Count(CaptureReason.EventLost)));

        Enrol(Everything, limit: 0);
        await world.AskAsync([], ("10.96.0.10", 5000));
        Assert.Empty(ReadAll(ring));
        Assert.Equal(0UL, world.Count(CaptureReason.EventLost));
    }

    [SkippableFact]
    public async Task A_reader_that_comes_late_finds_what_there_is_room_for_and_the_rest_counted()
    {
        EbpfWorld.Need();
        using (var ring = OpenRing())
        {
            // Room for 256 KiB of records of 64 bytes, each with a header of 8.
            const int Fitting = 262144 / 72;
            Enrol(Everything, limit: 1_000_000);
            await world.AskAsync(new JsonObject { ["ports"] = 2 * Fitting }, ("10.96.0.10", 5000));
            var told = ReadAll(ring);
            Assert.InRange(told.Count, Fitting - 1, Fitting);
            Assert.Equal(Enumerable.Range(5000, told.Count), told.Select(Port));
            Assert.Equal((ulong)(2 * Fitting) - (ulong)told.Count, world.Count(CaptureReason.EventLost));

            // The place that was read is free again, across the end of the ring.
            await world.AskAsync([], Enumerable.Range(5000, 100).Select(port => ("10.96.0.10", port)));
            Assert.Equal(Enumerable.Range(5000, 100), ReadAll(ring).Select(Port));
        }

        Assert.Contains("no ring", Assert.Throws<BpfException>(() => world.Loaded.Ring<CaptureEvent>("pods")).Message, StringComparison.Ordinal);
    }

    private static int Port(CaptureEvent one) => BinaryPrimitives.ReverseEndianness(one.Port);

    // What earlier tests left is no business of the next one.
    private BpfRing<CaptureEvent> OpenRing()
    {
        var ring = world.Loaded.Ring<CaptureEvent>(CaptureObject.Events);
        _ = ReadAll(ring);
        return ring;
    }

    private static List<CaptureEvent> ReadAll(BpfRing<CaptureEvent> ring)
    {
        var events = new List<CaptureEvent>();
        ring.Wait(TimeSpan.FromMilliseconds(200));
        while (ring.TryRead(out var one))
        {
            events.Add(one);
        }

        return events;
    }

    private void Enrol(PodFlags flags, uint limit)
    {
        world.Enrol(flags);
        world.Change(pod => pod with { EventsPerSecond = limit });
    }
}
