using System.Globalization;

namespace Intercept.Capture.Verification;

/// <summary>
/// The other end of a connection within this namespace, from /proc/net/tcp: beside a running proxy it shows who got the
/// connection without a word from the proxy.
/// </summary>
internal static class SocketTable
{
    private const string Listening = "0A";

    /// <returns>The port among <paramref name="candidates"/> that holds the other end of the connection from this local port, or 0.</returns>
    public static ushort PeerOf(ushort localPort, IReadOnlyCollection<ushort> candidates)
    {
        // A dual-stack listener keeps its IPv4 connections in the IPv6 table.
        foreach (var line in Lines("/proc/net/tcp").Concat(Lines("/proc/net/tcp6")))
        {
            // "0: 0100007F:3A99 0100007F:C350 01 ...": local, remote, state.
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 3 && fields[3] != Listening
                && Port(fields[2]) == localPort && candidates.Contains(Port(fields[1])))
            {
                return Port(fields[1]);
            }
        }

        return 0;
    }

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path).Skip(1) : [];

    private static ushort Port(string endpoint) =>
        ushort.Parse(endpoint.AsSpan(endpoint.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
