namespace Intercept.Mesh.Clusters;

/// <summary>The names that Envoy has for them.</summary>
public static class AddressFamilyNames
{
    public static string Name(this AddressFamilies families) => families switch
    {
        AddressFamilies.V4Only => "V4_ONLY",
        AddressFamilies.V6Only => "V6_ONLY",
        AddressFamilies.V4Preferred => "V4_PREFERRED",
        AddressFamilies.All => "ALL",
        _ => "AUTO",
    };
}
