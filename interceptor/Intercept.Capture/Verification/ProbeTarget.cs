using Intercept.Core.Addressing;

namespace Intercept.Capture.Verification;

/// <summary>One connection that a probe child makes, as a line on its standard input.</summary>
/// <param name="Udp">Send one datagram instead of connecting.</param>
/// <param name="UsesToken">The verifier's own listener answers; false beside a running proxy, where the socket table is read.</param>
internal readonly record struct ProbeTarget(bool Udp, NetEndpoint Destination, bool UsesToken)
{
    public override string ToString() => $"{(Udp ? "udp" : "tcp")} {Destination} {(UsesToken ? "token" : "table")}";

    public static ProbeTarget Parse(string line)
    {
        var fields = line.Split(' ');
        if (fields is not [var protocol, var text, var mode] || !NetEndpoint.TryParse(text, out var destination))
        {
            throw new FormatException($"'{line}' is not a probe target");
        }

        return new ProbeTarget(protocol == "udp", destination, mode == "token");
    }
}
