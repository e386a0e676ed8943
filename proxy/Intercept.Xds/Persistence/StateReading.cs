using Intercept.V1;

namespace Intercept.Xds.Persistence;

/// <summary>What a state file says.</summary>
/// <param name="State">Null when there is none to use.</param>
/// <param name="AsOf">When it was last known to be what the control plane says.</param>
/// <param name="Why">Why it is not used, as a clause; null when it is, and when there is no file.</param>
internal readonly record struct StateReading(KeptState? State, DateTimeOffset AsOf, string? Why)
{
    public static StateReading Unusable(string why) => new(null, default, why);
}
