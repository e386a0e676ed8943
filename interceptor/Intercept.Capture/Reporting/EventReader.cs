using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Intercept.Capture.Ebpf;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Execution;
using Intercept.Core.Addressing;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Reporting;

/// <summary>What the programs tell of single connections, of every pod whose programs are pinned on this bpffs. One reader takes each once.</summary>
public static class EventReader
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(200);

    /// <summary>Goes on until it is cancelled; it holds its thread.</summary>
    /// <exception cref="CaptureException">Nothing of ours is pinned there, or it is another version's.</exception>
    public static IEnumerable<ObservedEvent> Read(string bpffs, TimeProvider time, CancellationToken cancellation)
    {
        using var ring = Open(bpffs);
        while (!cancellation.IsCancellationRequested)
        {
            ring.Wait(_patience);
            while (ring.TryRead(out var told))
            {
                yield return Of(told, time);
            }
        }
    }

    private static BpfRing<CaptureEvent> Open(string bpffs)
    {
        try
        {
            return BpfRing<CaptureEvent>.OpenPinned(Path.Combine(new PinLayout(bpffs).Maps, CaptureObject.Events));
        }
        catch (BpfException failure)
        {
            throw new CaptureException($"no events can be read: {failure.Message}; is anything captured by eBPF here (intercept-init status), and is --bpffs right?");
        }
    }

    // The programs read CLOCK_MONOTONIC in nanoseconds, and on Linux Stopwatch does.
    private static ObservedEvent Of(CaptureEvent told, TimeProvider time)
    {
        var age = Stopwatch.GetElapsedTime((long)told.Time);
        var port = BitConverter.IsLittleEndian ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(told.Port) : told.Port;
        var peer = new NetEndpoint(NetAddress.FromBytes(MemoryMarshal.AsBytes((ReadOnlySpan<uint>)told.Address)), port);
        return new ObservedEvent(
            time.GetUtcNow() - age, told.Netns, JsonNamingPolicy.SnakeCaseLower.ConvertName(((CaptureReason)told.Reason).ToString()), peer.ToString(),
            told.Process, told.Command.ToString(), told.Uid);
    }
}
