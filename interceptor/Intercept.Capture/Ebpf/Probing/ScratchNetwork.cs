using System.Globalization;
using Intercept.Capture.Execution;
using Intercept.Capture.Verification;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>The link between the two namespaces of a probe. It goes with them.</summary>
internal static class ScratchNetwork
{
    public const string Unshare = "unshare";

    private const string PodDevice = "icept-probe0";
    private const string PeerDevice = "icept-probe1";

    /// <returns>Null, or what keeps this process from making namespaces and links.</returns>
    public static string? Lacking(ToolRunner runner) =>
        !Privileges.HasSysAdmin() ? "a network namespace of its own would need CAP_SYS_ADMIN"
        : new[] { Unshare, "nsenter", "ip" }.FirstOrDefault(tool => !runner.Exists(tool)) is { } tool ? ToolRunner.Missing(tool)
        : null;

    /// <returns>What the tools complained about. Without IPv6 in a namespace that is part of it, so the connections have the last word.</returns>
    public static async Task<string> LinkAsync(int pod, int peer, string? search, CancellationToken cancellation)
    {
        var peerId = peer.ToString(CultureInfo.InvariantCulture);
        var said = await RunAsync(pod, search,
            $"link set lo up\nlink add {PodDevice} type veth peer name {PeerDevice} netns {peerId}\n{BringUp(PodDevice, VerificationFlows.PeerSideAddress)}",
            cancellation);
        return said + await RunAsync(peer, search, BringUp(PeerDevice, VerificationFlows.PeerAddress), cancellation);
    }

    private static string BringUp(string device, Func<bool, Core.Addressing.NetAddress> address) =>
        $"addr add {address(false)}/30 dev {device}\naddr add {address(true)}/64 dev {device} nodad\nlink set {device} up\n";

    private static async Task<string> RunAsync(int process, string? search, string commands, CancellationToken cancellation)
    {
        var runner = new ToolRunner(search, string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/ns/net"));
        var result = await runner.RunAsync("ip", ["-force", "-batch", "-"], commands, cancellation);
        return result.Succeeded ? "" : $"; {ToolRunner.Explain("ip", ["-force", "-batch", "-"], result)}";
    }
}
