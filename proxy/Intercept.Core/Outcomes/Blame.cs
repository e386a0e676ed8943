namespace Intercept.Core.Outcomes;

/// <summary>Which side ended a connection.</summary>
public enum Blame : byte
{
    None = 0,
    Downstream = 1,
    Upstream = 2,
    Proxy = 3,
    Policy = 4,
    Operator = 5,
}
