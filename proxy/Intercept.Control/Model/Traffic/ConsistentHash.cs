namespace Intercept.Control.Model.Traffic;

/// <summary>One of the four keys is given.</summary>
internal sealed record ConsistentHash
{
    public string? HttpHeaderName { get; init; }

    public HashCookie? HttpCookie { get; init; }

    public bool UseSourceIp { get; init; }

    public string? HttpQueryParameterName { get; init; }

    /// <summary>Of RING_HASH; null for 1024.</summary>
    public ulong? MinimumRingSize { get; init; }

    /// <summary>MAGLEV with this table instead of RING_HASH.</summary>
    public ulong? MaglevTableSize { get; init; }

    public bool IsMaglev { get; init; }
}
