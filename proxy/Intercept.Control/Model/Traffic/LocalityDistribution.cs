namespace Intercept.Control.Model.Traffic;

/// <param name="From">REGION/ZONE/SUBZONE, the end of it "*".</param>
/// <param name="To">Percentages by locality; they add up to 100.</param>
internal sealed record LocalityDistribution(string From, ValueMap<uint> To);
