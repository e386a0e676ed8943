using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A DestinationRule's tls.</summary>
internal static class ClientTlsReader
{
    public static ClientTls Read(Fields fields)
    {
        fields.Refuse("insecureSkipVerify", "is not supported: whoever answers would be trusted", "caCertificates");
        fields.Refuse("caCrl", "is not supported: revoked certificates would be trusted");
        fields.Require("mode", "DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL");
        var tls = new ClientTls
        {
            Mode = fields.Choice(
                "mode",
                ("DISABLE", ClientTlsMode.Disable), ("SIMPLE", ClientTlsMode.Simple),
                ("MUTUAL", ClientTlsMode.Mutual), ("ISTIO_MUTUAL", ClientTlsMode.IstioMutual)),
            ClientCertificate = fields.Text("clientCertificate", Forms.NotEmpty),
            PrivateKey = fields.Text("privateKey", Forms.NotEmpty),
            CaCertificates = fields.Text("caCertificates", Forms.NotEmpty),
            CredentialName = fields.Text("credentialName", Forms.NotEmpty),
            SubjectAltNames = fields.Texts("subjectAltNames"),
            Sni = fields.Text("sni", Forms.NotEmpty),
        };
        CheckFiles(fields, tls);
        return tls;
    }

    private static void CheckFiles(Fields fields, ClientTls tls)
    {
        var hasFiles = tls.ClientCertificate is not null || tls.PrivateKey is not null || tls.CaCertificates is not null;
        if (tls.CredentialName is not null && hasFiles)
        {
            fields.Report("credentialName", tls.CredentialName, "cannot be beside files", "either credentialName or files");
        }

        if (tls.Mode == ClientTlsMode.Mutual && tls.CredentialName is null && (tls.ClientCertificate is null || tls.PrivateKey is null))
        {
            fields.Report("mode", "MUTUAL", "needs a certificate", "clientCertificate and privateKey, or credentialName");
        }

        if (tls.Mode == ClientTlsMode.IstioMutual && (hasFiles || tls.CredentialName is not null))
        {
            fields.Report("mode", "ISTIO_MUTUAL", "uses the proxy's own certificate", "no files and no credentialName, or MUTUAL");
        }
    }
}
