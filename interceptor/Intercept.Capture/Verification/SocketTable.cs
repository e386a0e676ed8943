using System.Globalization;

namespace Intercept.Capture.Verification;

/// <summary>
/// The other end of a connection, from the table of the namespace that it ends in: beside a running proxy it shows who got the
/// connection without a word from the proxy.
/// </summary>
internal static class SocketTable
{
    private const string Listening = "0A";

    /// <param name="directory">/proc/net for the namespace of this process, /proc/PID/net for that of another.</param>
    /// <returns>The port among <paramref name="candidates"/> that holds the other end of the connection from this local port, or 0.</returns>
    public static ushort PeerOf(string directory, ushort localPort, IReadOnlyCollection<ushort> candidates)
    {
        foreach (var fields in Sockets(directory))
        {
            if (fields[3] != Listening && Port(fields[2]) == localPort && candidates.Contains(Port(fields[1])))
            {
                return Port(fields[1]);
            }
        }

        return 0;
    }

    public static bool Listens(string directory, ushort port) =>
        Sockets(directory).Any(fields => fields[3] == Listening && Port(fields[1]) == port);

    // "0: 0100007F:3A99 0100007F:C350 01 ...": local, remote, state. A dual-stack listener keeps its IPv4 connections in the IPv6 table.
    private static IEnumerable<string[]> Sockets(string directory) =>
        Lines($"{directory}/tcp").Concat(Lines($"{directory}/tcp6"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields.Length > 3);

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path).Skip(1) : [];

    private static ushort Port(string endpoint) =>
        ushort.Parse(endpoint.AsSpan(endpoint.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
