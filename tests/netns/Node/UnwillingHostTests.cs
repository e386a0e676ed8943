using System.Globalization;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Node;

/// <summary>Hosts that do not take what is to be written: the old file stays, whole, and the reason is said.</summary>
public sealed class UnwillingHostTests : IDisposable
{
    private readonly string _directory = Directory.CreateDirectory(
        Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"icept-unwilling-{Environment.ProcessId}"))).FullName;

    [Fact]
    public Task A_full_disk_leaves_the_file_as_it_was() => RunAsync(
        "-o size=64k", "head -c 1M /dev/zero > net.d/filler || true", "No space left on device");

    [Fact]
    public Task A_read_only_directory_leaves_the_file_as_it_was() => RunAsync(
        "", "mount -o remount,ro net.d", "Read-only file system");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    // In a mount namespace of the child's own: nothing of it has to be taken away again.
    private async Task RunAsync(string options, string prepare, string reason)
    {
        foreach (var folder in new[] { "net.d", "bin" })
        {
            Directory.CreateDirectory(Path.Combine(_directory, folder));
        }

        var finished = await Programs.RunAsync("unshare", "--mount", "sh", "-euc", $"""
            cd '{_directory}'
            mount -t tmpfs {options} none net.d
            cd '{_directory}'
            printf '%s' '{NodeScene.Network}' > net.d/10-net.conflist
            cp net.d/10-net.conflist before
            {prepare}
            if '{NodeScene.Program("intercept-node")}' install --plugin '{NodeScene.Program("intercept-cni")}' --cni-conf-dir "$PWD/net.d" --cni-bin-dir "$PWD/bin"; then exit 3; fi
            cmp net.d/10-net.conflist before
            ls -A net.d
            """);

        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.Contains($"cannot write {_directory}/net.d/10-net.conflist: {reason}", finished.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("intercept-new", finished.Output, StringComparison.Ordinal);
    }
}
