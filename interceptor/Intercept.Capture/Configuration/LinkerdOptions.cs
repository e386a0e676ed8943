using System.Collections.Immutable;
using System.Globalization;

namespace Intercept.Capture.Configuration;

/// <summary>
/// The flags of Linkerd's proxy-init, with their meaning: everything outbound is captured except on lo, all inbound unless ports are
/// listed, and subnets to ignore are sources of inbound traffic, not destinations.
/// </summary>
internal static class LinkerdOptions
{
    // The kernel takes an int of seconds.
    private const uint LongestCloseWait = int.MaxValue;

    public static CaptureOptions Read(OptionValues values)
    {
        var listed = values.Ports("ports-to-redirect");
        values.Switch("use-wait-flag");
        values.Switch("ipv6");
        var configuration = new CaptureConfiguration
        {
            OutboundPort = values.Port("outgoing-proxy-port"),
            InboundPort = values.Port("incoming-proxy-port"),
            TunnelPort = null,
            ProxyUids = ReadId("proxy-uid", values),
            ProxyGids = ReadId("proxy-gid", values),
            CaptureAllInbound = listed.IsEmpty,
            InboundIncludePorts = listed,
            InboundExcludePorts = values.Ports("inbound-ports-to-ignore"),
            InboundExcludeSources = values.Cidrs("subnets-to-ignore"),
            CaptureAllOutbound = true,
            OutboundExcludePorts = values.Ports("outbound-ports-to-ignore"),
            Sockets = SharedOptions.ReadSockets(values),
            UdpPolicy = SharedOptions.ReadUdpPolicy(values),
            CaptureSelfCalls = false,
        };
        return new CaptureOptions(configuration, ReadInstall(values));
    }

    private static InstallOptions ReadInstall(OptionValues values)
    {
        var backend = SharedOptions.ReadBackend(values);
        var variant = ReadVariant(values);
        if (variant is not null && backend is BackendChoice.Nftables or BackendChoice.Ebpf)
        {
            values.Add("backend", values.Text("backend"), "contradicts the choice of an iptables program", "one of the two");
        }

        return new InstallOptions
        {
            DryRun = values.Switch("simulate"),
            Backend = backend,
            StateDirectory = values.Text("state-dir"),
            Ebpf = SharedOptions.ReadEbpf(values),
            IptablesVariant = variant,
            NetworkNamespace = values.TextOrNull("netns"),
            LockTimeout = values.Duration("lock-timeout"),
            CloseWaitTimeout = ReadCloseWait(values),
        };
    }

    // Linkerd writes a rule only for a positive id; 0 would be ignored without a word.
    private static ImmutableArray<uint> ReadId(string name, OptionValues values)
    {
        var text = values.Text(name);
        if (text == "-1")
        {
            return [];
        }

        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id is > 0 and < uint.MaxValue)
        {
            return [id];
        }

        values.Add(name, text, "is not an id", "-1 for none, or a number from 1 to 4294967294");
        return [];
    }

    private static IptablesVariant? ReadVariant(OptionValues values)
    {
        var mode = values.Choice<IptablesVariant?>(
            "iptables-mode", ("", null), ("legacy", IptablesVariant.Legacy), ("nft", IptablesVariant.Nft), ("plain", IptablesVariant.Plain));
        var path = values.Choice<IptablesVariant?>(
            "firewall-bin-path",
            ("", null),
            ("iptables-legacy", IptablesVariant.Legacy),
            ("iptables-nft", IptablesVariant.Nft),
            ("iptables", IptablesVariant.Plain));
        values.Choice<IptablesVariant?>(
            "firewall-save-bin-path",
            ("", null),
            ("iptables-legacy-save", IptablesVariant.Legacy),
            ("iptables-nft-save", IptablesVariant.Nft),
            ("iptables-save", IptablesVariant.Plain));
        return mode ?? path;
    }

    private static TimeSpan? ReadCloseWait(OptionValues values)
    {
        var text = values.Text("timeout-close-wait-secs");
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestCloseWait)
        {
            return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
        }

        values.Add("timeout-close-wait-secs", text, "is not a number of seconds", "a number from 0 to 2147483647");
        return null;
    }
}
