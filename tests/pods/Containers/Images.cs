using Intercept.Tests.Unit;

namespace Intercept.Tests.Pods.Containers;

/// <summary>The images that pods run.</summary>
internal static class Images
{
    /// <summary>What the manifests of deploy/kubernetes run as an application: Debian's own stands for it, for nothing is pulled here.</summary>
    public const string Busybox = "docker.io/library/busybox:1.36";

    // What the manifests and the tests call.
    private static readonly string[] _applets = ["cat", "echo", "httpd", "mkdir", "sh", "sleep", "tail", "true", "wget"];

    // tests/run says where deploy/images/build has put them; by hand it is out/images.
    private static readonly string _archives = Environment.GetEnvironmentVariable("INTERCEPT_IMAGES") ?? Path.Combine(Repository.Root, "out/images");

    public static async Task LoadAsync(Machine machine)
    {
        var archives = Directory.Exists(_archives) ? Directory.GetFiles(_archives, "intercept-*.tar") : [];
        Assert.True(archives.Length > 0, $"there are no images in {_archives}: deploy/images/build makes them");
        foreach (var archive in archives)
        {
            (await machine.PodmanAsync("load", "--quiet", "--input", archive)).Must();
        }

        await ImportBusyboxAsync(machine);
    }

    private static async Task ImportBusyboxAsync(Machine machine)
    {
        var root = Path.Combine(machine.Files.Root, "busybox");
        await Programs.MustAsync(
            "bash", "-euc", ". deploy/lib/debian.sh; . deploy/lib/images.sh; image_root \"$(dpkg --print-architecture)\" \"$1\" libc6 busybox -- /usr/bin/busybox", "-", root);
        foreach (var program in _applets)
        {
            File.CreateSymbolicLink(Path.Combine(root, "usr/bin", program), "busybox");
        }

        var archive = root + ".tar";
        await Programs.MustAsync("tar", "--create", "--file", archive, "--directory", root, ".");
        (await machine.PodmanAsync("import", "--quiet", "--change", "ENV PATH=/usr/bin", archive, Busybox)).Must();
    }
}
