using System.Globalization;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Verification;

/// <summary>One connection that a probe child makes, as a line on its standard input.</summary>
/// <param name="Udp">Send one datagram instead of connecting.</param>
/// <param name="UsesToken">The verifier's own listener answers; false beside a running proxy, where the socket table is read.</param>
/// <param name="TproxyPort">
/// The port that gets the connection untranslated, so that the socket table shows the destination's instead; 0 for REDIRECT.
/// </param>
/// <param name="Timeout">How long to wait for it.</param>
internal readonly record struct ProbeTarget(bool Udp, NetEndpoint Destination, bool UsesToken, ushort TproxyPort, TimeSpan Timeout)
{
    private const string MappedWord = "mapped";

    /// <summary>IPv4 through an IPv6 socket, as most runtimes connect.</summary>
    public bool Mapped { get; init; }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Mapped ? MappedWord : Udp ? "udp" : "tcp")} {Destination} {(UsesToken ? "token" : "table")} {TproxyPort} {(int)Timeout.TotalMilliseconds}");

    public static ProbeTarget Parse(string line)
    {
        var fields = line.Split(' ');
        if (fields is not [var protocol, var text, var mode, var port, var milliseconds] || !NetEndpoint.TryParse(text, out var destination)
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var tproxyPort)
            || !int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var timeout))
        {
            throw new FormatException($"'{line}' is not a probe target");
        }

        return new ProbeTarget(protocol == "udp", destination, mode == "token", tproxyPort, TimeSpan.FromMilliseconds(timeout)) { Mapped = protocol == MappedWord };
    }
}
