using Intercept.Linux.Bpf;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>The links of one place, a cgroup or a network namespace, pinned in one directory beside the record of what they run.</summary>
/// <param name="directory">Of <see cref="PinLayout"/>.</param>
/// <param name="stage">Where it is made before it is renamed.</param>
/// <param name="target">The inode of the place: a link whose place is gone has none.</param>
internal sealed class PinnedLinks(string directory, string stage, ulong target)
{
    public bool Exist => Directory.Exists(directory);

    /// <returns>A line for everything that is not as this object's programs would be there.</returns>
    public IReadOnlyList<string> Differences(CaptureImage image, IReadOnlyList<string> programs)
    {
        if (!Exist)
        {
            return [.. programs.Select(program => $"missing: program {program}")];
        }

        var record = PinRecord.Read(directory);
        if (record is null)
        {
            return [$"{directory} has no record of what its links run"];
        }

        var differences = new List<string>();
        if (record.Object != image.Hash)
        {
            differences.Add($"{directory} runs the programs of {record.Version} (object {Short(record.Object)}), not of this object ({Short(image.Hash)})");
        }

        foreach (var program in programs)
        {
            if (PlaceOf(Path.Combine(directory, program)) is not { } place)
            {
                differences.Add($"missing: program {program}");
            }
            else if (place.Target != target)
            {
                differences.Add($"program {program} is attached to another place, or its place is gone");
            }
            else if (place.Program != record.Programs.GetValueOrDefault(program))
            {
                differences.Add($"another program runs in the place of {program}");
            }
        }

        return differences;
    }

    /// <summary>Whether a program of this name runs there; whose it is is not asked.</summary>
    public bool Runs(string program) => PlaceOf(Path.Combine(directory, program)) is { } place && place.Target == target;

    /// <summary>
    /// Every program of the object in its place, in this order: attached where it is not, replaced where another is. A connection
    /// meets the old program or the new one, never none. What this object is not asked for stays as it is.
    /// </summary>
    public void Put(BpfObject loaded, IReadOnlyList<string> programs, SafeFileHandle place, PinRecord record)
    {
        if (!Exist)
        {
            PinLayout.Create(stage);
            PutIn(stage, loaded, programs, place, record);
            PinLayout.Create(Path.GetDirectoryName(directory)!);
            Directory.Move(stage, directory);
            return;
        }

        PutIn(directory, loaded, programs, place, record);
    }

    public static void Remove(string directory)
    {
        // Without the last program nothing is redirected any more: it was attached last and goes first.
        foreach (var pin in Directory.EnumerateFiles(directory).OrderByDescending(pin => CaptureObject.Order(Path.GetFileName(pin))).ToList())
        {
            File.Delete(pin);
        }

        Directory.Delete(directory);
    }

    /// <returns>False where there is no link, or its cgroup or network namespace is gone.</returns>
    public static bool IsAlive(string directory) =>
        Directory.EnumerateFiles(directory).Where(IsLink).Select(PlaceOf).FirstOrDefault(place => place is not null) is { Target: not 0 };

    private void PutIn(string where, BpfObject loaded, IReadOnlyList<string> programs, SafeFileHandle place, PinRecord record)
    {
        var numbers = new Dictionary<string, uint>(PinRecord.Read(where)?.Programs ?? []);
        foreach (var program in programs)
        {
            numbers[program] = loaded.ProgramNumber(program);
            var pin = Path.Combine(where, program);
            if (File.Exists(pin))
            {
                using var there = BpfLink.OpenPinned(pin);
                if (there.Place().Target == target)
                {
                    there.Replace(loaded, program);
                    continue;
                }

                File.Delete(pin);
            }

            using var link = loaded.Attach(program, place);
            link.Pin(pin);
        }

        (record with { Programs = numbers }).Write(where);
    }

    private static bool IsLink(string pin) => Path.GetFileName(pin) != PinLayout.Record;

    private static BpfLinkPlace? PlaceOf(string pin)
    {
        if (!File.Exists(pin))
        {
            return null;
        }

        using var link = BpfLink.OpenPinned(pin);
        return link.Place();
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];
}
