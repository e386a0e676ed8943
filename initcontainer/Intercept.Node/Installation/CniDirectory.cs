namespace Intercept.Node.Installation;

/// <summary>A runtime's directory of network configuration, read as libcni reads it: these endings, in the order of the names.</summary>
/// <param name="hostPath">As the host has it.</param>
internal sealed class CniDirectory(HostRoot root, string hostPath)
{
    public const string ListEnding = ".conflist";

    /// <summary>Kept beside a list that was wrapped around a lone plugin, with what it was; the ending is no runtime's.</summary>
    public const string OriginalEnding = ".intercept-original";

    private static readonly string[] _loneEndings = [".conf", ".json"];

    public string Path { get; } = root.Resolve(hostPath);

    public bool Exists => Directory.Exists(Path);

    /// <summary>All that a runtime would look at.</summary>
    public IReadOnlyList<CniFile> Read() =>
        [.. Names().Where(name => IsList(name) || IsLone(name)).Select(Read)];

    public CniFile Read(string name)
    {
        var path = root.Resolve($"{hostPath}/{name}");
        try
        {
            var (text, why) = CniText.Read(File.ReadAllBytes(path), IsList(name));
            return new CniFile(path, text, why);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new CniFile(path, null, $"cannot be read: {failure.Message}");
        }
    }

    /// <summary>What stood here before lists were wrapped around them: files whose names are those of the originals and our ending.</summary>
    public IReadOnlyList<string> Originals() => [.. Names().Where(name => name.EndsWith(OriginalEnding, StringComparison.Ordinal)).Select(PathOf)];

    public IReadOnlyList<string> Unfinished() => [.. Names().Where(HostFile.IsUnfinished).Select(PathOf)];

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public static bool IsList(string name) => name.EndsWith(ListEnding, StringComparison.Ordinal);

    public static bool IsLone(string name) => _loneEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private IEnumerable<string> Names()
    {
        try
        {
            return Exists ? [.. Directory.EnumerateFiles(Path).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InstallException($"cannot read {Path}: {failure.Message}", failure);
        }
    }
}
