namespace Intercept.Control.Model.Security;

internal enum MtlsMode
{
    /// <summary>As the level above says; PERMISSIVE when none does.</summary>
    Unset,
    Disable,
    Permissive,
    Strict,
}
