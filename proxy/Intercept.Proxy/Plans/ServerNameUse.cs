using Intercept.Mesh.Policy;

namespace Intercept.Proxy.Plans;

/// <summary>
/// Whether policy asks for the SNI. Then the first bytes are always looked at: a DENY by server name must not be escaped
/// because nobody looked.
/// </summary>
internal static class ServerNameUse
{
    public static bool IsIn(NetworkRbac filter) =>
        filter.Policies.Any(policy => policy.Permissions.Any(IsIn) || policy.Principals.Any(IsIn));

    private static bool IsIn(RbacRule rule) => rule switch
    {
        ServerNameRule => true,
        AndRule and => and.Rules.Any(IsIn),
        OrRule or => or.Rules.Any(IsIn),
        NotRule not => IsIn(not.Rule),
        _ => false,
    };
}
