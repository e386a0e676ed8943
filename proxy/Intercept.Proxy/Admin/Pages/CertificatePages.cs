using System.Text.Json;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>/certs: envoy.admin.v3.Certificates.</summary>
internal static class CertificatePages
{
    public static IEnumerable<AdminPage> All(IProxyState state, TimeProvider time) =>
    [
        new("/certs", false, "the certificates in use: file, serial number, SPIFFE ID, validity", _ => HttpResponse.OfJson(json =>
            json.WriteObjects("certificates", state.Certificates(), (json, certificate) =>
            {
                json.WriteObjects("ca_cert", certificate.TrustBundle, (json, details) => Write(json, details, time));
                json.WriteObjects("cert_chain", certificate.Chain, (json, details) => Write(json, details, time));
            }))),
    ];

    private static void Write(Utf8JsonWriter json, CertificateDetails details, TimeProvider time)
    {
        json.WriteString("path", details.Path);
        json.WriteString("serial_number", details.SerialNumber);
        json.WriteObjects("subject_alt_names", details.UriNames, static (json, name) => json.WriteString("uri", name));
        json.WriteLong("days_until_expiration", Math.Max(0, (long)(details.ValidUntil - time.GetUtcNow()).TotalDays));
        json.WriteTimestamp("valid_from", details.ValidFrom);
        json.WriteTimestamp("expiration_time", details.ValidUntil);
    }
}
