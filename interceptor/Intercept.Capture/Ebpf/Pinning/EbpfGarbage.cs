using Intercept.Capture.Execution;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>What is pinned for network namespaces and cgroups that are gone, where no namespace is left to uninstall from.</summary>
public static class EbpfGarbage
{
    /// <summary>Succeeds where nothing is pinned, and where there is no bpffs.</summary>
    public static async Task CollectAsync(string bpffs, TimeSpan lockTimeout, Action<string> progress, TimeProvider time, CancellationToken cancellation)
    {
        var layout = new PinLayout(bpffs);
        if (!Directory.Exists(layout.Root))
        {
            return;
        }

        using var store = await EbpfStore.OpenAsync(layout, lockTimeout, progress, time, cancellation);
        try
        {
            store.CollectGarbage();
        }
        catch (Exception failure) when (failure is BpfException or IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"what is pinned on {bpffs} for pods that are gone cannot be removed: {failure.Message}");
        }
    }
}
