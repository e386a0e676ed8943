using Intercept.Tests.Pods.Containers;
using k8s.Models;

namespace Intercept.Tests.Pods.InitContainer;

/// <summary>A bpffs of the test's own in the place of the host's: what is pinned there is gone with it.</summary>
internal sealed class MountedBpffs(string directory) : IAsyncDisposable
{
    public string Directory { get; } = directory;

    public static async Task<MountedBpffs> CreateAsync(Machine machine)
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(machine.Files.Mounts, $"bpf-{Guid.NewGuid():N}")).FullName;
        await Programs.MustAsync("mount", "-t", "bpf", "bpf", directory);
        return new MountedBpffs(directory);
    }

    public void Mount(V1Pod pod) => pod.Spec.Volumes.Single(volume => volume.Name == "bpffs").HostPath.Path = Directory;

    public async ValueTask DisposeAsync()
    {
        await Programs.MustAsync("umount", Directory);
        System.IO.Directory.Delete(Directory);
    }
}
