using System.Diagnostics;
using System.Security.Cryptography;
using Intercept.Tests.Unit;

namespace Intercept.Tests.Conformance.Peers;

/// <summary>
/// What peers/package-lock.json names, installed once in a cache folder outside the tree: INTERCEPT_PEERS, or the user's
/// own cache.
/// </summary>
internal static class NodePackages
{
    private static readonly Lazy<Task<string>> _folder = new(InstallAsync);

    /// <summary>Of the scripts beside the lock file.</summary>
    public static string Scripts => Path.Combine(Repository.Root, "tests", "conformance", "peers");

    /// <summary>The node_modules.</summary>
    public static Task<string> FolderAsync() => _folder.Value;

    /// <summary>The protos of Envoy and of what it imports, as grpc-js-xds carries them.</summary>
    public static async Task<string> ProtosAsync() => Path.Combine(await FolderAsync(), "@grpc", "grpc-js-xds", "deps");

    private static async Task<string> InstallAsync()
    {
        var locked = await File.ReadAllBytesAsync(Path.Combine(Scripts, "package-lock.json"));
        var cache = Environment.GetEnvironmentVariable("INTERCEPT_PEERS")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "intercept", "peers");
        var folder = Path.Combine(cache, Convert.ToHexStringLower(SHA256.HashData(locked))[..16]);
        if (!Directory.Exists(folder))
        {
            // Another run may be at it: whoever renames first has installed it.
            var unfinished = $"{folder}.{Environment.ProcessId}";
            Directory.CreateDirectory(unfinished);
            File.Copy(Path.Combine(Scripts, "package.json"), Path.Combine(unfinished, "package.json"));
            await File.WriteAllBytesAsync(Path.Combine(unfinished, "package-lock.json"), locked);
            await RunNpmAsync(unfinished);
            try
            {
                Directory.Move(unfinished, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }

        return Path.Combine(folder, "node_modules");
    }

    private static async Task RunNpmAsync(string folder)
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = await npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm ci in {folder}: {await output}{errors}");
    }
}
