using System.Globalization;
using Intercept.Capture.Execution;
using Intercept.Capture.Verification;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>The connections that show whether capture works.</summary>
/// <param name="families">What the pod has on loopback: <see cref="ScratchChild.Both"/> or IPv4 alone.</param>
/// <param name="complaint">What went wrong before and may explain a failure.</param>
internal sealed class ScratchConnections(string families, string complaint, CancellationToken cancellation)
{
    // Any would do that is not the proxy's.
    private const ushort Port = 9000;

    // On loopback and over one link an answer takes less than a millisecond; on a machine that has more to do than it can a first
    // packet may be lost, and is sent again after one second and after three.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly bool _ipv6 = families == ScratchChild.Both;

    public string Families => _ipv6 ? "IPv4 and IPv6" : "IPv4; there is no IPv6 here";

    /// <summary>To addresses that nobody has: IPv4 by a socket of either family, and IPv6.</summary>
    /// <returns>Null, or what happened instead.</returns>
    public Task<string?> OutboundAsync(ScratchProcess pod, ushort captured)
    {
        List<ProbeTarget> targets = [Target(VerificationFlows.NobodyIPv4)];
        if (_ipv6)
        {
            targets.Add(Target(VerificationFlows.NobodyIPv4) with { Mapped = true });
            targets.Add(Target(VerificationFlows.NobodyIPv6));
        }

        return ConnectAsync(pod, targets, captured);
    }

    /// <summary>From the peer to a port of the pod that nobody listens on.</summary>
    /// <returns>Null, or what happened instead.</returns>
    public Task<string?> InboundAsync(ScratchProcess peer, ushort captured) => ConnectAsync(
        peer, AddressFamilies.Present(_ipv6).Select(ipv6 => Target(VerificationFlows.PeerSideAddress(ipv6))).ToList(), captured);

    private static ProbeTarget Target(NetAddress address) => new(false, new NetEndpoint(address, Port), UsesToken: true, TproxyPort: 0, _patience);

    private async Task<string?> ConnectAsync(ScratchProcess from, List<ProbeTarget> targets, ushort captured)
    {
        from.Write(string.Create(CultureInfo.InvariantCulture, $"connect {targets.Count}"));
        targets.ForEach(target => from.Write(target.ToString()));
        var failures = new List<string>();
        foreach (var target in targets)
        {
            var answer = ProbeAnswer.Parse(await from.ReadAsync(cancellation));
            var what = target.Mapped ? $"{target.Destination} by an IPv6 socket" : $"{target.Destination}";
            if (answer.Port != captured)
            {
                failures.Add($"a connection to {what} was not captured ({answer.Detail})");
            }
            else if (answer.OriginalDestination != target.Destination.ToString())
            {
                failures.Add($"a connection to {what} was captured, and seen as one to {answer.OriginalDestination}");
            }
        }

        return failures.Count == 0 ? null : string.Join("; ", failures) + complaint;
    }
}
