namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>A folder in memory, gone with the test: thousands of writes are synced here, and a busy disk takes its time for each.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/dev/shm/intercept-authority-{Environment.ProcessId}-{Guid.NewGuid():N}");

    internal string Path => _folder.FullName;

    internal string State => At("state");

    internal string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
