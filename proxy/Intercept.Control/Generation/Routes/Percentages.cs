using Envoy.Config.Core.V3;
using Envoy.Type.V3;

namespace Intercept.Control.Generation.Routes;

internal static class Percentages
{
    /// <param name="percentage">0 to 100, of which four decimals count.</param>
    public static FractionalPercent Of(double percentage) => new()
    {
        Numerator = (uint)Math.Round(Math.Clamp(percentage, 0, 100) * 10_000),
        Denominator = FractionalPercent.Types.DenominatorType.Million,
    };

    public static RuntimeFractionalPercent Runtime(double percentage) => new() { DefaultValue = Of(percentage) };
}
