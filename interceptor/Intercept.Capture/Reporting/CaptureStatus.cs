using Intercept.Capture.Ebpf;
using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Linux;

namespace Intercept.Capture.Reporting;

/// <summary>What captures in a network namespace, as the kernel says, and what the last install recorded.</summary>
/// <param name="Namespace">The inode.</param>
/// <param name="Backends">Those that hold anything of ours.</param>
/// <param name="Recorded">Null where no record is to be found here.</param>
/// <param name="Ebpf">Null where no program captures.</param>
/// <param name="UdpPolicyDatagrams">What the UDP policy's packet rules counted; null where they do not stand.</param>
public sealed record CaptureStatus(
    ulong Namespace, IReadOnlyList<string> Backends, CaptureRecord? Recorded, EbpfStatus? Ebpf, ulong? UdpPolicyDatagrams)
{
    public static async Task<CaptureStatus> ReadAsync(ApplySettings settings, SelfCommand self, Action<string> progress, TimeProvider time,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var inode = FileStamp.Of(settings.NetworkNamespace ?? "/proc/self/ns/net").Inode;
        var backends = await new CaptureInstaller(settings, self, progress, time).HoldingAsync(cancellation);
        var programs = backends.OfType<EbpfBackend>().FirstOrDefault();
        return new CaptureStatus(
            inode,
            [.. backends.Select(backend => backend.Name)],
            CaptureRecord.Read(settings.StateDirectory, inode),
            programs?.Status(),
            await UdpPolicyCounter.ReadAsync(settings, cancellation));
    }
}
