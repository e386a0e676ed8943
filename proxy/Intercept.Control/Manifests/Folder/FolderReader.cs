using System.Collections.Immutable;
using System.Text;
using Intercept.Control.Manifests.Assembly;
using Intercept.Control.Model;
using Intercept.Core.Problems;
using Intercept.Linux;

namespace Intercept.Control.Manifests.Folder;

/// <summary>Reads a folder again and again, and of it only the files that have changed.</summary>
internal sealed class FolderReader(string folder, MeshOptions options)
{
    // A manifest is written by people: what is larger is something else with its name.
    private const long LargestFile = 64 << 20;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly MeshModelAssembly _assembly = new(options);
    private Dictionary<string, FileReading> _files = [];

    /// <summary>What `validate` prints, and what `serve` would take.</summary>
    public static FolderReading ReadOnce(string folder, MeshOptions options) => new FolderReader(folder, options).Read(FolderScan.Of(folder));

    public FolderReading Read(FolderScan scan)
    {
        var files = new Dictionary<string, FileReading>(scan.Files.Count);
        foreach (var (name, stamp) in scan.Files)
        {
            files.Add(name, _files.TryGetValue(name, out var known) && known.Stamp == stamp && stamp != default
                ? known : new FileReading(stamp, ReadFile(name)));
        }

        _files = files;
        return Combine(scan, scan.Files.Keys.Select(name => files[name].Reading).ToList());
    }

    private FolderReading Combine(FolderScan scan, List<ManifestReading> readings)
    {
        var objects = readings.SelectMany(reading => reading.Objects).ToList();
        var problems = ImmutableArray.CreateBuilder<Problem>();
        problems.AddRange(readings.SelectMany(reading => reading.Problems));
        problems.AddRange(ReferenceChecks.Duplicates(objects));
        var warnings = readings.SelectMany(reading => reading.Warnings).ToImmutableArray();
        if (scan.Problem is not null)
        {
            problems.Add(scan.Problem);
        }
        else if (objects.Count == 0 && problems.Count == 0)
        {
            // A mesh without any policy is nothing that somebody wants by leaving a folder empty.
            problems.Add(new Problem(folder, 0, "(folder)", null, "holds no manifest", "*.yaml, *.yml and *.json with objects of the mesh"));
        }

        var model = _assembly.Assemble(objects.DistinctBy(item => item.Key));

        // With objects missing because they are wrong, references to them would be reported as well: once is enough.
        if (problems.Count == 0)
        {
            problems.AddRange(ReferenceChecks.Dangling(model));
        }

        return new FolderReading(
            problems.Count == 0 ? model : null,
            problems.ToImmutable(),
            [.. warnings, .. ReferenceChecks.Contradictions(model)],
            scan.Files.Count,
            objects.GroupBy(item => item.Key.Kind).ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Count(), StringComparer.Ordinal),
            readings.SelectMany(reading => reading.Skipped).GroupBy(kind => kind.Key)
                .ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Sum(count => count.Value), StringComparer.Ordinal));
    }

    private ManifestReading ReadFile(string name)
    {
        try
        {
            var path = Path.Combine(folder, name);
            var length = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : new FileInfo(path).Length;
            return length > LargestFile
                ? Unreadable(name, $"is larger than {LargestFile >> 20} MB") : ManifestReader.ReadFile(name, _utf8.GetString(File.ReadAllBytes(path)), options);
        }
        catch (DecoderFallbackException)
        {
            return Unreadable(name, "is not UTF-8 text");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(name, $"cannot be read: {e.Message}");
        }
    }

    private static ManifestReading Unreadable(string name, string why) => new(
        [], [new Problem(name, 0, "(file)", null, why, null)], [], ImmutableSortedDictionary<string, int>.Empty);

    private sealed record FileReading(FileStamp Stamp, ManifestReading Reading);
}
