namespace Intercept.Control.Model.Security;

internal enum AuthorizationAction
{
    Allow,
    Deny,
    Audit,

    /// <summary>An external authorizer decides.</summary>
    Custom,
}
