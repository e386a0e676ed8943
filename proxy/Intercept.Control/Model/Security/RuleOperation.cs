namespace Intercept.Control.Model.Security;

/// <summary>As <see cref="RuleSource"/>: all of its fields, each by any of its values. Only ports are known of plain TCP.</summary>
internal sealed record RuleOperation
{
    public ValueList<string> Hosts { get; init; }

    public ValueList<string> NotHosts { get; init; }

    public ValueList<int> Ports { get; init; }

    public ValueList<int> NotPorts { get; init; }

    public ValueList<string> Methods { get; init; }

    public ValueList<string> NotMethods { get; init; }

    public ValueList<string> Paths { get; init; }

    public ValueList<string> NotPaths { get; init; }
}
