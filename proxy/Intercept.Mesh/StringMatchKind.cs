namespace Intercept.Mesh;

public enum StringMatchKind : byte
{
    Exact = 0,
    Prefix = 1,
    Suffix = 2,
    Contains = 3,

    /// <summary>safe_regex: the whole value must match.</summary>
    Regex = 4,
}
