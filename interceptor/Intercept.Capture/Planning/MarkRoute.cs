namespace Intercept.Capture.Planning;

/// <summary>Packets with <paramref name="Mark"/> are delivered locally: `ip rule fwmark MARK lookup TABLE`, `local default dev lo table TABLE`.</summary>
public readonly record struct MarkRoute(bool IPv6, uint Mark, uint Table);
