namespace Intercept.Proxy.Stats;

/// <summary>What became of configurations that were read while serving.</summary>
internal sealed class ReloadStats(StatRegistry registry)
{
    public Counter Accepted { get; } = registry.Counter("intercept.configuration.update_success");

    public Counter Refused { get; } = registry.Counter("intercept.configuration.update_rejected");
}
