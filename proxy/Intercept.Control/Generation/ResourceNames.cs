using System.Globalization;

namespace Intercept.Control.Generation;

/// <summary>The names that Istio gives to what is generated: people and tools search for them.</summary>
internal static class ResourceNames
{
    public const string Passthrough = "PassthroughCluster";
    public const string BlackHole = "BlackHoleCluster";
    public const string InboundPassthrough = "InboundPassthroughCluster";
    public const string VirtualOutbound = "virtualOutbound";
    public const string VirtualInbound = "virtualInbound";

    public static string Outbound(int port, string? subset, string host) =>
        string.Create(CultureInfo.InvariantCulture, $"outbound|{port}|{subset}|{host}");

    public static string Inbound(int port) => string.Create(CultureInfo.InvariantCulture, $"inbound|{port}||");

    /// <summary>What clients put into SNI.</summary>
    public static string ServerName(int port, string? subset, string host) =>
        string.Create(CultureInfo.InvariantCulture, $"outbound_.{port}_.{subset}_.{host}");

    public static string Listener(string address, int port) => string.Create(CultureInfo.InvariantCulture, $"{address}_{port}");
}
