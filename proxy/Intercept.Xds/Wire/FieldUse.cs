namespace Intercept.Xds.Wire;

/// <summary>What the proxy does with a field of a resource.</summary>
internal enum FieldUse : byte
{
    Read = 0,
    Ignored = 1,
    Refused = 2,
}
