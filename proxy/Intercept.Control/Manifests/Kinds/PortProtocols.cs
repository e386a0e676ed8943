using System.Collections.Frozen;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>Istio's rules for what is spoken on a port.</summary>
internal static class PortProtocols
{
    public const string Allowed = "HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, MYSQL, REDIS, UDP";

    private static readonly FrozenDictionary<string, PortProtocol> _names = new Dictionary<string, PortProtocol>
    {
        ["tcp"] = PortProtocol.Tcp,
        ["udp"] = PortProtocol.Udp,
        ["tls"] = PortProtocol.Tls,
        ["http"] = PortProtocol.Http,
        ["http_proxy"] = PortProtocol.Http,
        ["http2"] = PortProtocol.Http2,
        ["grpc"] = PortProtocol.Grpc,
        ["grpc-web"] = PortProtocol.GrpcWeb,
        ["https"] = PortProtocol.Https,
        ["mongo"] = PortProtocol.Mongo,
        ["mysql"] = PortProtocol.MySql,
        ["redis"] = PortProtocol.Redis,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, PortProtocol> _standardApplicationProtocols = new Dictionary<string, PortProtocol>
    {
        ["kubernetes.io/h2c"] = PortProtocol.Http2,
        ["kubernetes.io/ws"] = PortProtocol.Http,
        ["kubernetes.io/wss"] = PortProtocol.Https,
    }.ToFrozenDictionary();

    // The server speaks first on these (SMTP, MySQL, MongoDB), or it is DNS: nothing can be found out by waiting.
    private static readonly FrozenSet<int> _tcpPorts = FrozenSet.Create(25, 53, 3306, 27017);

    public static PortProtocol? Find(string name) => _names.TryGetValue(name, out var protocol) ? protocol : null;

    /// <summary>appProtocol, whatever it is, else the name up to its first '-', else what the number is known for.</summary>
    public static PortProtocol OfServicePort(string name, string? applicationProtocol, int port)
    {
        if (applicationProtocol is not null)
        {
            return _standardApplicationProtocols.TryGetValue(applicationProtocol, out var standard)
                ? standard : Find(applicationProtocol) ?? PortProtocol.Auto;
        }

        var isGrpcWeb = name.StartsWith("grpc-web", StringComparison.OrdinalIgnoreCase) && (name.Length == 8 || name[8] == '-');
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return isGrpcWeb ? PortProtocol.GrpcWeb
            : Find(dash < 0 ? name : name[..dash]) ?? (_tcpPorts.Contains(port) ? PortProtocol.Tcp : PortProtocol.Auto);
    }
}
