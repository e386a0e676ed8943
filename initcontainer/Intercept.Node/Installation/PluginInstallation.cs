using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <summary>
/// The plugin and its entry on a host. All that there is to know lies in the host's directories themselves, so that any run of any
/// version can go on with it or take it away.
/// </summary>
internal sealed class PluginInstallation(InstallSettings settings, TimeProvider time)
{
    private static readonly string[] _otherMeshes = ["istio-cni", "linkerd-cni"];

    private readonly CniDirectory _directory = new(settings.Root, settings.ConfigurationDirectory);
    private readonly PluginBinary _binary = new(settings);

    /// <summary>Puts in place what is not. The program first: an entry without it would stop every pod.</summary>
    public async Task<InstallOutcome> ApplyAsync(CancellationToken cancellation)
    {
        using var held = await DirectoryLock.AcquireAsync(_directory.Path, time, cancellation);
        var files = _directory.Read();
        ImmutableArray<string> skipped = [.. files.Where(file => file.Text is null).Select(file => $"{OnHost(file.Path)} {file.Why}")];
        var targets = settings.IsChained ? Targets(files) : [];
        if (WhyWaiting(targets) is { } waits)
        {
            return new InstallOutcome(InstallState.Waiting, [], [], waits, skipped);
        }

        if (targets.Select(file => Objection(file, files)).FirstOrDefault(why => why is not null) is { } objection)
        {
            return new InstallOutcome(InstallState.Refused, [], [], objection, skipped);
        }

        var changes = ImmutableArray.CreateBuilder<string>();
        if (_binary.Put())
        {
            changes.Add($"wrote {OnHost(_binary.Path)}");
        }

        ImmutableArray<string> written = settings.IsChained ? [.. targets.Select(file => Put(file, changes))] : [PutAlone(changes)];
        foreach (var stray in files.Where(file => file.HasOurs && !written.Contains(file.Path)))
        {
            TakeOut(stray, changes);
        }

        return new InstallOutcome(InstallState.Installed, [.. written.Select(OnHost)], changes.ToImmutable(), "", skipped);
    }

    /// <summary>
    /// Takes everything away again, whatever put it there. What cannot be taken away is said, and the rest goes all the same. The program
    /// goes last, for the same reason as it came first.
    /// </summary>
    /// <param name="keepsProgram">For pods that a runtime will ask the plugins of by the configuration that they were made with.</param>
    public async Task<RemovalOutcome> RemoveAsync(bool keepsProgram, CancellationToken cancellation)
    {
        var removal = new Removal();
        using var held = await DirectoryLock.AcquireAsync(_directory.Path, time, cancellation);
        foreach (var left in _directory.Unfinished())
        {
            removal.Try(() => HostFile.Remove(left));
        }

        foreach (var original in _directory.Originals())
        {
            removal.Try(() => PutBack(original, removal.Changes));
        }

        foreach (var file in _directory.Read().Where(file => file.HasOurs || IsAlone(file)))
        {
            removal.Try(() => TakeOut(file, removal.Changes));
        }

        // An entry that could not be taken out would stop every pod, had it no program.
        if (!keepsProgram && removal.Problems.Count == 0)
        {
            removal.Try(() =>
            {
                if (_binary.Remove())
                {
                    removal.Changes.Add($"removed {OnHost(_binary.Path)}");
                }
            });
        }

        return removal.Outcome();
    }

    private static bool IsAlone(CniFile file) => file.Text?.Plugins.All(CniEdit.IsOurs) == true;

    private List<CniFile> Targets(IReadOnlyList<CniFile> files)
    {
        var usable = files.Where(file => file.Text is not null && !IsAlone(file));
        return [.. settings.Files.IsEmpty ? usable.Take(1) : usable.Where(file => settings.Files.Contains(file.Name))];
    }

    // Null when nothing is waited for.
    private string? WhyWaiting(List<CniFile> targets)
    {
        if (!_directory.Exists)
        {
            return $"{settings.ConfigurationDirectory} is not there yet; see --platform and --cni-conf-dir";
        }

        if (!settings.IsChained || targets.Count >= Math.Max(1, settings.Files.Length))
        {
            return null;
        }

        return settings.Files.IsEmpty
            ? $"no network is configured in {settings.ConfigurationDirectory} yet"
            : $"{settings.ConfigurationDirectory} has no valid {string.Join(", ", settings.Files.Except(targets.Select(file => file.Name)))} yet";
    }

    private string? Objection(CniFile file, IReadOnlyList<CniFile> files)
    {
        var text = file.Text!;
        if (!settings.AllowOtherMesh && text.Plugins.FirstOrDefault(plugin => _otherMeshes.Contains(plugin.Type)) is { Type: { } mesh })
        {
            return $"{OnHost(file.Path)} already has {mesh}: two meshes would both redirect a pod's traffic; remove that one, or say --allow-other-mesh";
        }

        if (!text.IsList)
        {
            return files.Any(other => other.Name == ListOf(file.Name) && !other.HasOurs)
                ? $"{OnHost(file.Path)} comes before {ListOf(file.Name)}, which is somebody's too: a list made of the one would take the other's place; remove one of them"
                : null;
        }

        return CniEdit.CanChain(text)
            ? null
            : $"{OnHost(file.Path)} says cniVersion '{text.Version}', in which plugins cannot be chained; allowed: 0.3.1 or later, which its owner has to write";
    }

    private string PutAlone(ImmutableArray<string>.Builder changes)
    {
        var path = _directory.PathOf($"{CniEdit.PluginType}.conf");
        var wanted = settings.Entry.ToJson(alone: true);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(wanted.Span))
        {
            HostFile.Write(path, wanted.Span, path, HostFile.ReadableByAll);
            changes.Add($"wrote {OnHost(path)}");
        }

        return path;
    }

    // Returns the path of the list.
    private string Put(CniFile file, ImmutableArray<string>.Builder changes)
    {
        var text = file.Text!;
        if (!text.IsList)
        {
            return Wrap(file, changes);
        }

        var wanted = CniEdit.With(text, settings.Entry.ToJson());
        if (!wanted.Span.SequenceEqual(text.Bytes.Span))
        {
            HostFile.Write(file.Path, wanted.Span, file.Path, HostFile.ReadableByAll);
            changes.Add($"{(file.HasOurs ? "renewed" : "added")} {CniEdit.PluginType} in {OnHost(file.Path)}");
        }

        return file.Path;
    }

    // The lone file comes first in the order of names and goes last: a runtime sees the one or the other, at every moment.
    private string Wrap(CniFile file, ImmutableArray<string>.Builder changes)
    {
        var list = _directory.PathOf(ListOf(file.Name));
        HostFile.Write(_directory.PathOf(file.Name + CniDirectory.OriginalEnding), file.Text!.Bytes.Span, file.Path, HostFile.ReadableByAll);
        HostFile.Write(list, CniEdit.Wrap(file.Text, settings.Entry.ToJson()).Span, file.Path, HostFile.ReadableByAll);
        HostFile.Remove(_directory.PathOf(file.Name));
        changes.Add($"made {OnHost(list)} of {file.Name}, with {CniEdit.PluginType}");
        return list;
    }

    // The copy goes last: a run that is cut off is done again from it.
    private void PutBack(string original, ImmutableArray<string>.Builder changes)
    {
        var name = Path.GetFileName(original)[..^CniDirectory.OriginalEnding.Length];
        var lone = CniText.Read(File.ReadAllBytes(original), isList: false).Text;
        var list = _directory.Read(ListOf(name));
        if (lone is not null && list.Text is { } text && CniEdit.IsWrapped(text, lone))
        {
            // One that is there is newer: whoever owns it wrote it again.
            if (!File.Exists(_directory.PathOf(name)))
            {
                HostFile.Write(_directory.PathOf(name), lone.Bytes.Span, original, HostFile.ReadableByAll);
            }

            HostFile.Remove(list.Path);
            changes.Add($"put back {OnHost(_directory.PathOf(name))}");
        }

        HostFile.Remove(original);
    }

    private void TakeOut(CniFile file, ImmutableArray<string>.Builder changes)
    {
        if (IsAlone(file))
        {
            HostFile.Remove(file.Path);
            changes.Add($"removed {OnHost(file.Path)}");
            return;
        }

        HostFile.Write(file.Path, CniEdit.Without(file.Text!).Span, file.Path, HostFile.ReadableByAll);
        changes.Add($"took {CniEdit.PluginType} out of {OnHost(file.Path)}");
    }

    private static string ListOf(string lone) => Path.GetFileNameWithoutExtension(lone) + CniDirectory.ListEnding;

    private string OnHost(string path) => settings.Root.OnHost(path);
}
