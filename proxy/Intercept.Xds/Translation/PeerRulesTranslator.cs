using System.Collections.Immutable;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Core.Identity;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using ContextCase = Envoy.Extensions.TransportSockets.Tls.V3.CommonTlsContext.ValidationContextTypeOneofCase;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Intercept.Xds.Translation;

/// <summary>The three forms of a validation context: with a file, with a secret, and with a secret beside rules of its own.</summary>
internal sealed class PeerRulesTranslator(TranslationScope scope)
{
    private readonly DataFileTranslator _files = new(scope);
    private readonly StringMatcherTranslator _matchers = new(scope);
    private readonly SecretNameTranslator _secrets = new(scope);

    /// <summary>Null where peers are not verified, and where it cannot be used; that is reported.</summary>
    public PeerRules? Translate(CommonTlsContext common, string path)
    {
        var rulesPath = PathOfRules(common, path);
        switch (common.ValidationContextTypeCase)
        {
            case ContextCase.ValidationContext:
                var matchers = ToMatchers(common.ValidationContext, rulesPath);
                return ToRules(ToFile(common.ValidationContext, rulesPath), matchers);
            case ContextCase.ValidationContextSdsSecretConfig:
                return ToRules(ToSecret(common.ValidationContextSdsSecretConfig, rulesPath), []);
            case ContextCase.CombinedValidationContext:
                return ToCombined(common.CombinedValidationContext, $"{path}.combined_validation_context", rulesPath);
            default:
                return null;
        }
    }

    /// <summary>Where matchers stand, or would.</summary>
    public static string PathOfRules(CommonTlsContext common, string path) => common.ValidationContextTypeCase switch
    {
        ContextCase.ValidationContextSdsSecretConfig => $"{path}.validation_context_sds_secret_config",
        ContextCase.CombinedValidationContext => $"{path}.combined_validation_context.default_validation_context",
        _ => $"{path}.validation_context",
    };

    private PeerRules? ToCombined(CommonTlsContext.Types.CombinedCertificateValidationContext combined, string path, string rulesPath)
    {
        var rules = combined.DefaultValidationContext ?? new CertificateValidationContext();
        if (rules.TrustedCa is not null)
        {
            scope.Report($"{rulesPath}.trusted_ca", null, "is given beside the secret that takes its place", "no trusted_ca");
        }

        var matchers = ToMatchers(rules, rulesPath);
        if (combined.ValidationContextSdsSecretConfig is { } secret)
        {
            return ToRules(ToSecret(secret, $"{path}.validation_context_sds_secret_config"), matchers);
        }

        scope.Missing($"{path}.validation_context_sds_secret_config", "the secret with the trust bundle");
        return null;
    }

    private static PeerRules? ToRules(TrustSource? trust, ImmutableArray<StringMatch> matchers) => trust is null ? null : new PeerRules
    {
        Trust = trust,
        TrustDomains = [.. matchers.Select(PeerRules.NamedTrustDomain).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
        UriMatchers = matchers,
    };

    private TrustFile? ToFile(CertificateValidationContext validation, string path) =>
        _files.Translate(validation.TrustedCa, $"{path}.trusted_ca") is { } bundle ? scope.Share(new TrustFile(bundle)) : null;

    private SecretTrust? ToSecret(SdsSecretConfig config, string path) =>
        _secrets.Translate(config, path) is { } name ? scope.Share(new SecretTrust(name)) : null;

    private ImmutableArray<StringMatch> ToMatchers(CertificateValidationContext validation, string path)
    {
        var matchers = ImmutableArray.CreateBuilder<StringMatch>();
        for (var i = 0; i < validation.MatchTypedSubjectAltNames.Count; i++)
        {
            var san = validation.MatchTypedSubjectAltNames[i];
            var sanPath = $"{path}.match_typed_subject_alt_names[{i}]";
            if (san.SanType != SanType.Uri)
            {
                scope.Report($"{sanPath}.san_type", EnumName(san.SanType), "is not what SPIFFE identities are in", "URI");
            }
            else if (ToMatcher(san.Matcher, $"{sanPath}.matcher") is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        // The older form asks every kind of name; identities are in URIs, and only there are they looked for.
        for (var i = 0; i < validation.MatchSubjectAltNames.Count; i++)
        {
            if (ToMatcher(validation.MatchSubjectAltNames[i], $"{path}.match_subject_alt_names[{i}]") is { } matcher)
            {
                matchers.Add(matcher);
            }
        }

        return matchers.ToImmutable();
    }

    private StringMatch? ToMatcher(Envoy.Type.Matcher.V3.StringMatcher? given, string path)
    {
        if (_matchers.Translate(given, path, allowsEmptyExact: false) is not { } matcher)
        {
            return null;
        }

        // A matcher that can never match is a typing error, and it would lock everyone out.
        if (matcher.Kind == StringMatchKind.Exact && !SpiffeId.TryParse(matcher.Text, out _))
        {
            scope.Report($"{path}.exact", matcher.Text, "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/PATH");
            return null;
        }

        if (matcher.Kind == StringMatchKind.Prefix && !matcher.Text.StartsWith(SpiffeId.Prefix, StringComparison.Ordinal))
        {
            scope.Report($"{path}.prefix", matcher.Text, "begins no SPIFFE ID", "spiffe://TRUST-DOMAIN/...");
            return null;
        }

        return matcher;
    }

    private static string EnumName(SanType type) => type switch
    {
        SanType.Email => "EMAIL",
        SanType.Dns => "DNS",
        SanType.IpAddress => "IP_ADDRESS",
        SanType.OtherName => "OTHER_NAME",
        _ => "SAN_TYPE_UNSPECIFIED",
    };
}
