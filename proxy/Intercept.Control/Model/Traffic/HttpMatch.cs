namespace Intercept.Control.Model.Traffic;

/// <summary>All of its fields that are given.</summary>
internal sealed record HttpMatch
{
    public string? Name { get; init; }

    public TextMatch? Uri { get; init; }

    public bool IgnoreUriCase { get; init; }

    public TextMatch? Scheme { get; init; }

    public TextMatch? Method { get; init; }

    public TextMatch? Authority { get; init; }

    public ValueMap<TextMatch> Headers { get; init; }

    public ValueMap<TextMatch> WithoutHeaders { get; init; }

    public ValueMap<TextMatch> QueryParameters { get; init; }

    public int? Port { get; init; }

    public ValueMap<string> SourceLabels { get; init; }

    public string? SourceNamespace { get; init; }

    public ValueList<string> Gateways { get; init; }
}
