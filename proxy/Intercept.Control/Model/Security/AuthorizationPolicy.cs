namespace Intercept.Control.Model.Security;

/// <param name="Rules">
/// Any of them matches. None at all: the policy matches nothing, so that with ALLOW it denies everything.
/// </param>
/// <param name="Provider">Of CUSTOM: the external authorizer's name.</param>
internal sealed record AuthorizationPolicy(
    ResourceMeta Meta,
    WorkloadSelector? Selector,
    AuthorizationAction Action,
    ValueList<AuthorizationRule> Rules,
    string? Provider) : MeshResource(Meta);
