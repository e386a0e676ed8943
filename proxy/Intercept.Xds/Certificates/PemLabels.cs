namespace Intercept.Xds.Certificates;

/// <summary>What stands after BEGIN (RFC 7468).</summary>
internal static class PemLabels
{
    public const string X509Certificate = "CERTIFICATE";

    public const string Pkcs8PrivateKey = "PRIVATE KEY";
}
