namespace Intercept.Mesh;

public enum StringMatchKind : byte
{
    Exact = 0,
    Prefix = 1,
    Suffix = 2,
    Contains = 3,
}
