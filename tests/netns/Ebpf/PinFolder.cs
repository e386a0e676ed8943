using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>A bpffs of the test's own: /sys/fs/bpf may not be mounted, and what lies there is not ours.</summary>
internal sealed class PinFolder : IAsyncDisposable
{
    private PinFolder(string path) => Path = path;

    public string Path { get; }

    public static async Task<PinFolder> MountAsync(string name)
    {
        var path = Directory.CreateDirectory(System.IO.Path.Combine(
            System.IO.Path.GetTempPath(), $"{name}-bpffs")).FullName;
        await Programs.MustAsync("mount", "-t", "bpf", "bpf", path);
        return new PinFolder(path);
    }

    public string Of(string pin) => System.IO.Path.Combine(Path, pin);

    public async ValueTask DisposeAsync()
    {
        await Programs.MustAsync("umount", Path);
        Directory.Delete(Path);
    }
}
