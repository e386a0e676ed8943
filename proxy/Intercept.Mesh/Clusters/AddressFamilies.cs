namespace Intercept.Mesh.Clusters;

/// <summary>dns_lookup_family: which of a name's addresses are used.</summary>
public enum AddressFamilies
{
    /// <summary>Those of IPv6, and of IPv4 where there is none.</summary>
    Auto,

    V4Only,

    V6Only,

    /// <summary>Those of IPv4, and of IPv6 where there is none.</summary>
    V4Preferred,

    All,
}
