namespace Intercept.Control.Model.Traffic;

internal sealed record HeaderOperations(ValueMap<string> Set, ValueMap<string> Add, ValueList<string> Remove)
{
    public static HeaderOperations None { get; } = new(default, default, []);
}
