using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Intercept.Xds.Transport;

/// <summary>Where a gRPC server listens: a host and port, or a Unix socket.</summary>
public sealed record ServerAddress
{
    /// <summary>The form that <see cref="TryParse"/> takes.</summary>
    public const string Form = "host:port, [IPv6]:port or unix:/path";

    private const string UnixPrefix = "unix:";

    private ServerAddress(string host, int port, string? path)
    {
        Host = host;
        Port = port;
        Path = path;
    }

    /// <summary>Without brackets; "localhost" for a Unix socket.</summary>
    public string Host { get; }

    /// <summary>0 for a Unix socket.</summary>
    public int Port { get; }

    /// <summary>Of the Unix socket; null for a host.</summary>
    public string? Path { get; }

    public bool IsUnixSocket => Path is not null;

    public static ServerAddress? TryParse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            // unix:///run/x is how gRPC writes it, unix:/run/x and unix:./x are how Envoy and people do.
            var path = text[UnixPrefix.Length..];
            path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
            return path.Length == 0 ? null : new ServerAddress("localhost", 0, path);
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = text[..colon];
        if (host[0] == '[')
        {
            return host[^1] == ']' && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? new ServerAddress($"{address}", port, null)
                : null;
        }

        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new ServerAddress(host, port, null) : null;
    }

    public override string ToString() =>
        Path is not null ? UnixPrefix + Path : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
