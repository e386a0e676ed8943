using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>How tests/netns/probe/meet.py is called: in a cgroup first, since a socket belongs to the one in which it is made.</summary>
internal static class Meeting
{
    /// <returns>Arguments of sh.</returns>
    public static string[] Command(string netns, string? cgroup, params string[] arguments) =>
    [
        "-euc", "[ -z \"$1\" ] || echo $$ >\"$1/cgroup.procs\"; shift; exec \"$@\"", "sh", cgroup ?? "",
        "nsenter", $"--net=/run/netns/{netns}", "--", "python3", "-B", Path.Combine(Checkout.Probe, "meet.py"), .. arguments,
    ];
}
