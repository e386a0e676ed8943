namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>A folder below the temporary one, gone with the test.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("intercept-authority-");

    internal string Path => _folder.FullName;

    internal string State => At("state");

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
