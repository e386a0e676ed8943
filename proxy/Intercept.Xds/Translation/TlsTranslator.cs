using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf.Collections;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Translation;

internal sealed class TlsTranslator(TranslationScope scope)
{
    private readonly DataFileTranslator _files = new(scope);
    private readonly TlsParametersTranslator _parameters = new(scope);
    private readonly PeerRulesTranslator _peers = new(scope);
    private readonly SecretNameTranslator _secrets = new(scope);

    public DownstreamTls? ToDownstream(DownstreamTlsContext context, string path)
    {
        var commonPath = $"{path}.common_tls_context";
        var common = context.CommonTlsContext ?? new CommonTlsContext();
        var requires = context.RequireClientCertificate == true;
        var certificate = ToCertificate(common, commonPath, isRequired: true);
        var peer = _peers.Translate(common, commonPath);
        if (requires && common.ValidationContextTypeCase == CommonTlsContext.ValidationContextTypeOneofCase.None)
        {
            scope.Report(
                $"{path}.require_client_certificate",
                "true",
                "asks for certificates that nothing verifies",
                "a validation_context in common_tls_context");
        }

        var parameters = _parameters.Translate(common, commonPath);
        return certificate is null ? null : new DownstreamTls(certificate, parameters, peer, requires)
        {
            ResumesSessions = !context.DisableStatelessSessionResumption,
        };
    }

    public UpstreamTls? ToUpstream(UpstreamTlsContext context, string path)
    {
        var commonPath = $"{path}.common_tls_context";
        var common = context.CommonTlsContext ?? new CommonTlsContext();
        var certificate = ToCertificate(common, commonPath, isRequired: false);
        var parameters = _parameters.Translate(common, commonPath);
        if (common.ValidationContextTypeCase == CommonTlsContext.ValidationContextTypeOneofCase.None)
        {
            scope.Report($"{commonPath}.validation_context", null, "is missing: any server would be believed", "a validation_context with a trusted_ca");
            return null;
        }

        var peer = _peers.Translate(common, commonPath);
        if (peer is not null && common.TlsCertificates.Count == 0 && common.TlsCertificateSdsSecretConfigs.Count == 0 && peer.TrustDomains.IsEmpty)
        {
            scope.Report(
                $"{PeerRulesTranslator.PathOfRules(common, commonPath)}.match_typed_subject_alt_names",
                null,
                "names no trust domain, and there is no certificate of our own to take one from",
                "a matcher of type URI that starts with spiffe://TRUST-DOMAIN/");
        }

        if (context.Sni.Length > 255)
        {
            scope.Report($"{path}.sni", context.Sni, "is longer than a name can be", "at most 255 characters");
        }

        return peer is null ? null : new UpstreamTls(certificate, parameters, peer, context.Sni.Length == 0 ? null : context.Sni)
        {
            ResumesSessions = context.MaxSessionKeys != 0,
        };
    }

    private CertificateSource? ToCertificate(CommonTlsContext common, string path, bool isRequired)
    {
        if (common.TlsCertificateSdsSecretConfigs.Count == 0)
        {
            return ToFiles(common.TlsCertificates, $"{path}.tls_certificates", isRequired);
        }

        var secretsPath = $"{path}.tls_certificate_sds_secret_configs";
        if (common.TlsCertificates.Count > 0)
        {
            scope.Report(secretsPath, null, "are given beside tls_certificates", "one certificate");
        }

        if (common.TlsCertificateSdsSecretConfigs.Count > 1)
        {
            scope.Report($"{secretsPath}[1]", null, "is a second certificate", "one certificate");
        }

        return _secrets.Translate(common.TlsCertificateSdsSecretConfigs[0], $"{secretsPath}[0]") is { } name
            ? scope.Share(new SecretCertificate(name))
            : null;
    }

    private CertificateFiles? ToFiles(RepeatedField<TlsCertificate> certificates, string path, bool isRequired)
    {
        if (certificates.Count == 0)
        {
            if (isRequired)
            {
                scope.Missing(path, "one certificate with its key");
            }

            return null;
        }

        if (certificates.Count > 1)
        {
            scope.Report($"{path}[1]", null, "is a second certificate", "one certificate");
        }

        var chain = _files.Translate(certificates[0].CertificateChain, $"{path}[0].certificate_chain");
        var key = _files.Translate(certificates[0].PrivateKey, $"{path}[0].private_key");
        return chain is null || key is null ? null : scope.Share(new CertificateFiles(chain, key));
    }
}
