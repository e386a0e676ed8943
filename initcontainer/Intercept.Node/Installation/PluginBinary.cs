using Intercept.Linux;

namespace Intercept.Node.Installation;

/// <summary>The plugin's program, where the runtime looks for it.</summary>
internal sealed class PluginBinary(InstallSettings settings)
{
    private const UnixFileMode Executable = HostFile.ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private (FileStamp Source, FileStamp Target) _same;

    public string Path { get; } = System.IO.Path.Combine(settings.Root.Resolve(settings.PluginDirectory), CniEdit.PluginType);

    /// <returns>Whether another program, or none, was there.</returns>
    public bool Put()
    {
        var stamps = (FileStamp.Of(settings.PluginFile), FileStamp.Of(Path));
        if (stamps == _same && stamps != default)
        {
            return false;
        }

        var wanted = Read(settings.PluginFile) ?? throw new InstallException(
            $"the plugin {settings.PluginFile} is not there or cannot be read; allowed: --plugin FILE, the program intercept-cni");
        var changes = Read(Path)?.AsSpan().SequenceEqual(wanted) != true;
        if (changes)
        {
            CreateDirectory();
            HostFile.Write(Path, wanted, Path, Executable);
        }

        _same = (FileStamp.Of(settings.PluginFile), FileStamp.Of(Path));
        return changes;
    }

    public bool Remove()
    {
        _same = default;
        HostFile.Remove(HostFile.UnfinishedOf(Path));
        return HostFile.Remove(Path);
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void CreateDirectory()
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InstallException($"cannot make {System.IO.Path.GetDirectoryName(Path)}: {failure.Message}; see --platform and --cni-bin-dir", failure);
        }
    }
}
