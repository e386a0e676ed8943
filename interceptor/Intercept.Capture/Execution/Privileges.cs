using System.Globalization;

namespace Intercept.Capture.Execution;

/// <summary>What this process may do, read from the kernel and not guessed from its uid.</summary>
internal static class Privileges
{
    // Bit numbers of include/uapi/linux/capability.h.
    private const int NetAdmin = 12;
    private const int NetRaw = 13;
    private const int SysAdmin = 21;
    private const int Perfmon = 38;
    private const int Bpf = 39;

    public static bool HasNetAdmin() => Has(NetAdmin);

    public static bool HasNetRaw() => Has(NetRaw);

    public static bool HasSysAdmin() => Has(SysAdmin);

    public static bool HasBpf() => Has(Bpf);

    public static bool HasPerfmon() => Has(Perfmon);

    public static string HowToGrant(string capability, string purpose) =>
        $"missing capability CAP_{capability} ({purpose}). In a pod spec, on this container:\n"
        + "  securityContext:\n    runAsUser: 0\n    capabilities:\n"
        + $"      add: [{(capability == "NET_ADMIN" ? "NET_ADMIN, NET_RAW" : capability)}]\n"
        + $"With docker or podman: --cap-add {capability}. On a host: run as root.";

    private static bool Has(int bit)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        var effective = ulong.Parse(line.AsSpan("CapEff:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (effective >> bit & 1) != 0;
    }
}
