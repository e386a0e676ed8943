using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using CombinedValidation = Envoy.Extensions.TransportSockets.Tls.V3.CommonTlsContext.Types.CombinedCertificateValidationContext;
using Protocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Intercept.Control.Generation.Clusters;

/// <summary>What both sides of mTLS have in common: the proxy's own certificate and roots, named by secret.</summary>
internal static class TlsContexts
{
    /// <summary>The certificate and key of the proxy, and the roots of its trust domain: the names that every sidecar knows.</summary>
    private const string OwnCertificate = "default";
    private const string Roots = "ROOTCA";

    // Forward secrecy and AEAD: Istio's list without RSA key exchange.
    private static readonly string[] _cipherSuites =
    [
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    ];

    public static TransportSocket Socket(IMessage context) => new() { Name = "envoy.transport_sockets.tls", TypedConfig = context.Packed() };

    public static TransportSocket Plaintext() =>
        new() { Name = "envoy.transport_sockets.raw_buffer", TypedConfig = new RawBuffer().Packed() };

    /// <param name="names">Whom to believe in; nobody in particular where it is empty: anyone of the trust domain.</param>
    public static CommonTlsContext Mesh(IEnumerable<string> applicationProtocols, IEnumerable<SubjectAltNameMatcher> names) => new()
    {
        TlsParams = new TlsParameters
        {
            TlsMinimumProtocolVersion = Protocol.Tlsv12,
            TlsMaximumProtocolVersion = Protocol.Tlsv13,
            CipherSuites = { _cipherSuites },
        },
        AlpnProtocols = { applicationProtocols },
        TlsCertificateSdsSecretConfigs = { new SdsSecretConfig { Name = OwnCertificate, SdsConfig = ConfigSources.Agent() } },
        CombinedValidationContext = new CombinedValidation
        {
            DefaultValidationContext = new CertificateValidationContext { MatchTypedSubjectAltNames = { names } },
            ValidationContextSdsSecretConfig = new SdsSecretConfig { Name = Roots, SdsConfig = ConfigSources.Agent() },
        },
    };

    /// <summary>A name as people write it: a SPIFFE ID or a DNS name.</summary>
    public static SubjectAltNameMatcher Name(string name) => new()
    {
        SanType = name.Contains("://", StringComparison.Ordinal) ? SanType.Uri : SanType.Dns,
        Matcher = new StringMatcher { Exact = name },
    };
}
