using System.Text.Json;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>
/// Who attached the links of a directory, and which programs they run. It lies on bpffs beside them, as the one entry of a map, so
/// that it lives exactly as long as they do and a container that comes and goes needs no disk.
/// </summary>
/// <param name="Version">Of Intercept.</param>
/// <param name="Object">SHA-256 of the object, hexadecimal.</param>
/// <param name="Cgroups">For a pod: where the programs are attached that its sockets pass; the pod's own is the first.</param>
/// <param name="Programs">By name: the number that the kernel gave to each.</param>
internal sealed record PinRecord(string Version, string Object, DateTimeOffset Since, IReadOnlyList<ulong> Cgroups, Dictionary<string, uint> Programs)
{
    /// <returns>Null where there is none that can be read.</returns>
    public static PinRecord? Read(string directory)
    {
        var path = Path.Combine(directory, PinLayout.Record);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var map = BpfMap<uint, PinnedText>.OpenPinned(path);
            return map.TryGet(0, out var text) ? JsonSerializer.Deserialize(text.Read(), PinJson.Default.PinRecord) : null;
        }
        catch (Exception failure) when (failure is BpfException or JsonException)
        {
            return null;
        }
    }

    public void Write(string directory)
    {
        var path = Path.Combine(directory, PinLayout.Record);
        var text = PinnedText.Of(JsonSerializer.SerializeToUtf8Bytes(this, PinJson.Default.PinRecord));
        if (File.Exists(path))
        {
            using var there = BpfMap<uint, PinnedText>.OpenPinned(path);
            there.Set(0, text);
            return;
        }

        using var map = BpfMap<uint, PinnedText>.CreateArray("icept_record", 1);
        map.Set(0, text);
        map.Pin(path);
    }
}
