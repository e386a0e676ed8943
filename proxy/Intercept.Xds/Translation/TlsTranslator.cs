using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf.Collections;
using Intercept.Core.Identity;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using MeshTlsParameters = Intercept.Mesh.Tls.TlsParameters;
using Protocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Intercept.Xds.Translation;

internal sealed class TlsTranslator(TranslationScope scope)
{
    // RFC 7301: the length of a protocol name is one byte.
    private const int LongestProtocolName = 255;

    // Forward secrecy and AEAD only, by OpenSSL's names; the TLS 1.3 suites are all three that exist.
    private static readonly ImmutableArray<string> _cipherSuites =
    [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
    ];

    private readonly StringMatcherTranslator _matchers = new(scope);

    public DownstreamTls? ToDownstream(DownstreamTlsContext context, string path)
    {
        var commonPath = $"{path}.common_tls_context";
        var common = context.CommonTlsContext ?? new CommonTlsContext();
        var requires = context.RequireClientCertificate == true;
        var certificate = ToCertificate(common.TlsCertificates, $"{commonPath}.tls_certificates", isRequired: true);
        var peer = common.ValidationContext is { } validation ? ToPeerRules(validation, $"{commonPath}.validation_context") : null;
        if (requires && common.ValidationContext is null)
        {
            scope.Report(
                $"{path}.require_client_certificate",
                "true",
                "asks for certificates that nothing verifies",
                "a validation_context in common_tls_context");
        }

        var parameters = ToParameters(common, commonPath);
        return certificate is null ? null : new DownstreamTls(certificate, parameters, peer, requires)
        {
            ResumesSessions = !context.DisableStatelessSessionResumption,
        };
    }

    public UpstreamTls? ToUpstream(UpstreamTlsContext context, string path)
    {
        var commonPath = $"{path}.common_tls_context";
        var common = context.CommonTlsContext ?? new CommonTlsContext();
        var certificate = ToCertificate(common.TlsCertificates, $"{commonPath}.tls_certificates", isRequired: false);
        var parameters = ToParameters(common, commonPath);
        var validationPath = $"{commonPath}.validation_context";
        if (common.ValidationContext is not { } validation)
        {
            scope.Report(validationPath, null, "is missing: any server would be believed", "a validation_context with a trusted_ca");
            return null;
        }

        var peer = ToPeerRules(validation, validationPath);
        if (peer is not null && common.TlsCertificates.Count == 0 && peer.TrustDomains.IsEmpty)
        {
            scope.Report(
                $"{validationPath}.match_typed_subject_alt_names",
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

    private CertificateFiles? ToCertificate(RepeatedField<TlsCertificate> certificates, string path, bool isRequired)
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

        var chain = ToFile(certificates[0].CertificateChain, $"{path}[0].certificate_chain");
        var key = ToFile(certificates[0].PrivateKey, $"{path}[0].private_key");
        return chain is null || key is null ? null : new CertificateFiles(chain, key);
    }

    private PeerRules? ToPeerRules(CertificateValidationContext validation, string path)
    {
        var matchers = ImmutableArray.CreateBuilder<StringMatch>();
        for (var i = 0; i < validation.MatchTypedSubjectAltNames.Count; i++)
        {
            if (ToUriMatcher(validation.MatchTypedSubjectAltNames[i], $"{path}.match_typed_subject_alt_names[{i}]") is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        if (ToFile(validation.TrustedCa, $"{path}.trusted_ca") is not { } bundle)
        {
            return null;
        }

        return new PeerRules
        {
            Trust = new TrustFile(bundle),
            TrustDomains = [.. matchers.Select(PeerRules.NamedTrustDomain).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            UriMatchers = matchers.ToImmutable(),
        };
    }

    private StringMatch? ToUriMatcher(SubjectAltNameMatcher san, string path)
    {
        if (san.SanType != SanType.Uri)
        {
            scope.Report($"{path}.san_type", EnumName(san.SanType), "is not what SPIFFE identities are in", "URI");
            return null;
        }

        if (_matchers.Translate(san.Matcher, $"{path}.matcher", allowsEmptyExact: false) is not { } matcher)
        {
            return null;
        }

        // A matcher that can never match is a typing error, and it would lock everyone out.
        if (matcher.Kind == StringMatchKind.Exact && !SpiffeId.TryParse(matcher.Text, out _))
        {
            scope.Report($"{path}.matcher.exact", matcher.Text, "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/PATH");
            return null;
        }

        if (matcher.Kind == StringMatchKind.Prefix && !matcher.Text.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal))
        {
            scope.Report($"{path}.matcher.prefix", matcher.Text, "begins no SPIFFE ID", "spiffe://TRUST-DOMAIN/...");
            return null;
        }

        return matcher;
    }

    private MeshTlsParameters ToParameters(CommonTlsContext common, string path)
    {
        var tls = common.TlsParams ?? new Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters();
        var maximum = ToVersion(tls.TlsMaximumProtocolVersion, $"{path}.tls_params.tls_maximum_protocol_version") ?? TlsVersion.Tls13;

        // 1.2 only for those who ask for it: by a minimum, or by a maximum that leaves nothing else.
        var minimum = ToVersion(tls.TlsMinimumProtocolVersion, $"{path}.tls_params.tls_minimum_protocol_version") ?? maximum;
        if (minimum > maximum)
        {
            scope.Report(
                $"{path}.tls_params.tls_minimum_protocol_version",
                EnumName(tls.TlsMinimumProtocolVersion),
                "is above the maximum",
                "TLSv1_2");
        }

        for (var i = 0; i < tls.CipherSuites.Count; i++)
        {
            if (!_cipherSuites.Contains(tls.CipherSuites[i]))
            {
                scope.Report($"{path}.tls_params.cipher_suites[{i}]", tls.CipherSuites[i], "is not allowed", string.Join(", ", _cipherSuites));
            }
        }

        for (var i = 0; i < common.AlpnProtocols.Count; i++)
        {
            if (common.AlpnProtocols[i].Length is 0 or > LongestProtocolName)
            {
                scope.Report($"{path}.alpn_protocols[{i}]", common.AlpnProtocols[i], "is not a protocol name", $"1 to {LongestProtocolName} characters");
            }
        }

        return new MeshTlsParameters
        {
            Minimum = minimum,
            Maximum = maximum,
            CipherSuites = [.. tls.CipherSuites],
            AlpnProtocols = [.. common.AlpnProtocols],
        };
    }

    private TlsVersion? ToVersion(Protocol protocol, string path)
    {
        switch (protocol)
        {
            case Protocol.TlsAuto:
                return null;
            case Protocol.Tlsv12:
                return TlsVersion.Tls12;
            case Protocol.Tlsv13:
                return TlsVersion.Tls13;
            default:
                scope.Report(path, EnumName(protocol), "is not secure", "TLSv1_2 or TLSv1_3");
                return null;
        }
    }

    private string? ToFile(DataSource? source, string path)
    {
        switch (source?.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.Filename when source.Filename.Length > 0:
                return source.Filename;
            case DataSource.SpecifierOneofCase.InlineBytes or DataSource.SpecifierOneofCase.InlineString:
                scope.Report(path, null, "is inline: keys and certificates are read from files, so that they can be rotated", "filename");
                return null;
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                scope.Report($"{path}.environment_variable", source.EnvironmentVariable, "cannot be rotated", "filename");
                return null;
            default:
                scope.Missing($"{path}.filename", "the path of a PEM file");
                return null;
        }
    }

    private static string EnumName(Protocol protocol) => protocol switch
    {
        Protocol.Tlsv10 => "TLSv1_0",
        Protocol.Tlsv11 => "TLSv1_1",
        Protocol.Tlsv12 => "TLSv1_2",
        Protocol.Tlsv13 => "TLSv1_3",
        _ => "TLS_AUTO",
    };

    private static string EnumName(SanType type) => type switch
    {
        SanType.Email => "EMAIL",
        SanType.Dns => "DNS",
        SanType.IpAddress => "IP_ADDRESS",
        SanType.OtherName => "OTHER_NAME",
        _ => "SAN_TYPE_UNSPECIFIED",
    };
}
