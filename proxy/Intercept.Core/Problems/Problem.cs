namespace Intercept.Core.Problems;

/// <summary>
/// One thing wrong with input from a person: where, what, and the allowed form. Readers collect all of them.
/// </summary>
/// <param name="Source">The file, or where else the value came from: a flag, an environment variable.</param>
/// <param name="Line">The 1-based line in the file; 0 where there are no lines.</param>
/// <param name="Field">The path of the field (static_resources.listeners[0].address) or the name of the flag.</param>
/// <param name="Value">The value as given; null when it is missing.</param>
/// <param name="Why">What is wrong with it, as a clause: "is not a port".</param>
/// <param name="Allowed">The allowed form: "a number from 1 to 65535"; null when the reason says it.</param>
public sealed record Problem(string Source, int Line, string Field, string? Value, string Why, string? Allowed)
{
    public override string ToString()
    {
        var where = Line > 0 ? $"{Source}:{Line}" : Source;
        var value = Value is null ? "" : $" '{Value}'";
        var allowed = Allowed is null ? "" : $"; allowed: {Allowed}";
        return $"{where}: {Field}{value} {Why}{allowed}";
    }
}
