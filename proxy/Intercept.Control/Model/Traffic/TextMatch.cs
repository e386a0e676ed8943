namespace Intercept.Control.Model.Traffic;

/// <summary>Istio's StringMatch.</summary>
internal sealed record TextMatch(TextMatchKind Kind, string Value);
