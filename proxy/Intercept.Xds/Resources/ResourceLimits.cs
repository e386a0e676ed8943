namespace Intercept.Xds.Resources;

/// <summary>How much a control plane may make this process hold. Far above a large mesh, far below what would end the process.</summary>
internal sealed record ResourceLimits
{
    public static ResourceLimits Default { get; } = new();

    /// <summary>Resources of one type.</summary>
    public int Resources { get; init; } = 100_000;

    /// <summary>The bytes of all resources together, as they came.</summary>
    public long Bytes { get; init; } = 512L * 1024 * 1024;
}
