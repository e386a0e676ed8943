using System.Text.Json;
using Intercept.Mesh.Discovery;
using Intercept.Mesh.Tls;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>envoy.admin.v3.SecretsConfigDump: certificates as they are, and never a key.</summary>
internal static class SecretDump
{
    public static void Write(Utf8JsonWriter json, IEnumerable<Secret> secrets, DiscoveredState? discovered)
    {
        json.WriteStartObject();
        json.WriteType("envoy.admin.v3.SecretsConfigDump");
        json.WriteObjects("dynamic_active_secrets", secrets.OrderBy(secret => secret.Name, StringComparer.Ordinal), (json, secret) =>
        {
            json.WriteString("name", secret.Name);
            json.WriteString("version_info", discovered?.SecretVersions.GetValueOrDefault(secret.Name) ?? secret.Origin);
            json.WriteStartObject("secret");
            json.WriteType("envoy.extensions.transport_sockets.tls.v3.Secret");
            json.WriteString("name", secret.Name);
            if (secret.HasCertificate)
            {
                json.WriteStartObject("tls_certificate");
                WriteInline(json, "certificate_chain", secret.CertificateChain.Span);
                WriteInline(json, "private_key", "[redacted]"u8);
                json.WriteEndObject();
            }

            WriteTrust(json, secret);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteTrust(Utf8JsonWriter json, Secret secret)
    {
        if (secret.TrustBundles.TryGetValue(Secret.OwnTrustDomain, out var own))
        {
            json.WriteStartObject("validation_context");
            WriteInline(json, "trusted_ca", own.Span);
            json.WriteEndObject();
        }

        json.WriteObjects(
            "trust_domains",
            secret.TrustBundles.Where(bundle => bundle.Key.Length > 0).OrderBy(bundle => bundle.Key, StringComparer.Ordinal),
            static (json, bundle) =>
            {
                json.WriteString("name", bundle.Key);
                WriteInline(json, "trusted_ca", bundle.Value.Span);
            });
    }

    private static void WriteInline(Utf8JsonWriter json, string name, ReadOnlySpan<byte> content)
    {
        json.WriteStartObject(name);
        json.WriteBase64String("inline_bytes", content);
        json.WriteEndObject();
    }
}
