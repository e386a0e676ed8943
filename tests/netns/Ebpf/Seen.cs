using System.Text.Json.Serialization;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What a caller saw (Error, Peer), and what it was told by whoever answered (the rest).</summary>
public sealed record Seen
{
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("peer")]
    public string? Peer { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>SO_ORIGINAL_DST at SOL_IP.</summary>
    [JsonPropertyName("ip")]
    public string? IPv4Level { get; init; }

    /// <summary>SO_ORIGINAL_DST at SOL_IPV6.</summary>
    [JsonPropertyName("ipv6")]
    public string? IPv6Level { get; init; }

    /// <summary>SO_ORIGINAL_DST into a buffer that is too small.</summary>
    [JsonPropertyName("short")]
    public string? TooSmall { get; init; }

    /// <summary>What accept(2) said.</summary>
    [JsonPropertyName("client")]
    public string? Client { get; init; }

    /// <summary>What getpeername(2) says of what was accepted.</summary>
    [JsonPropertyName("client_again")]
    public string? ClientAgain { get; init; }

    [JsonPropertyName("local")]
    public string? Local { get; init; }
}
