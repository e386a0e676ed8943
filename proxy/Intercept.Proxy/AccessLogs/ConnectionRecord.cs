using Intercept.Core.Addressing;
using Intercept.Core.Identity;
using Intercept.Core.Outcomes;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.AccessLogs;

/// <summary>
/// What the access log says of one connection, as values: text is made of them by the writer, not on the loop. Anything
/// absent stays null (no TLS, no upstream) and is written as null.
/// </summary>
internal readonly record struct ConnectionRecord
{
    public required DateTimeOffset StartTime { get; init; }

    public required TrafficDirection Direction { get; init; }

    /// <summary>The listener's name.</summary>
    public required string Listener { get; init; }

    /// <summary>Null when none was chosen.</summary>
    public string? FilterChain { get; init; }

    public required NetEndpoint DownstreamRemote { get; init; }

    public NetEndpoint? DownstreamLocal { get; init; }

    public NetEndpoint? OriginalDestination { get; init; }

    public string? RequestedServerName { get; init; }

    /// <summary>Who opened the connection: inbound the verified peer, outbound this proxy's own certificate.</summary>
    public SpiffeId? SourcePrincipal { get; init; }

    /// <summary>Who is spoken to: inbound this proxy's own certificate, outbound the verified peer.</summary>
    public SpiffeId? DestinationPrincipal { get; init; }

    public string? DownstreamTlsVersion { get; init; }

    public string? DownstreamTlsCipher { get; init; }

    public string? UpstreamTlsVersion { get; init; }

    public string? UpstreamTlsCipher { get; init; }

    public string? UpstreamCluster { get; init; }

    public NetEndpoint? UpstreamHost { get; init; }

    public NetEndpoint? UpstreamLocal { get; init; }

    /// <summary>From downstream.</summary>
    public long BytesReceived { get; init; }

    /// <summary>To downstream.</summary>
    public long BytesSent { get; init; }

    public required TimeSpan Duration { get; init; }

    public required CloseReason CloseReason { get; init; }

    public required Blame Blame { get; init; }

    /// <summary>More about the reason: OpenSSL's words, a peer rule.</summary>
    public string? Detail { get; init; }

    /// <summary>The errno behind the reason, 0 for none; the C library's sentence for it joins <see cref="Detail"/>.</summary>
    public int ErrorNumber { get; init; }

    /// <summary>The policy that decided; null when none matched.</summary>
    public string? RbacPolicy { get; init; }
}
