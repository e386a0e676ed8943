using Intercept.Core.Addressing;

namespace Intercept.Control.Model.Security;

/// <summary>
/// All of its fields, each by any of its values; an empty field matches everything. Texts are exact, a prefix ("abc*"),
/// a suffix ("*abc") or "*", which matches whatever is not empty.
/// </summary>
internal sealed record RuleSource
{
    /// <summary>TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT, without spiffe://.</summary>
    public ValueList<string> Principals { get; init; }

    public ValueList<string> NotPrincipals { get; init; }

    public ValueList<string> RequestPrincipals { get; init; }

    public ValueList<string> NotRequestPrincipals { get; init; }

    public ValueList<string> Namespaces { get; init; }

    public ValueList<string> NotNamespaces { get; init; }

    /// <summary>NAMESPACE/ACCOUNT, the policy's own namespace filled in. Never with "*".</summary>
    public ValueList<string> ServiceAccounts { get; init; }

    public ValueList<string> NotServiceAccounts { get; init; }

    public ValueList<string> TrustDomains { get; init; }

    public ValueList<string> NotTrustDomains { get; init; }

    /// <summary>The address of the connection.</summary>
    public ValueList<Cidr> IpBlocks { get; init; }

    public ValueList<Cidr> NotIpBlocks { get; init; }

    /// <summary>The address as X-Forwarded-For or the PROXY protocol tells it.</summary>
    public ValueList<Cidr> RemoteIpBlocks { get; init; }

    public ValueList<Cidr> NotRemoteIpBlocks { get; init; }
}
