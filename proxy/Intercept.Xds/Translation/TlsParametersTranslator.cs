using System.Collections.Immutable;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Mesh.Tls;
using MeshTlsParameters = Intercept.Mesh.Tls.TlsParameters;
using Protocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace Intercept.Xds.Translation;

internal sealed class TlsParametersTranslator(TranslationScope scope)
{
    // RFC 7301: the length of a protocol name is one byte.
    private const int LongestProtocolName = 255;

    // With it agreed on, Istio's proxies send each other metadata ahead of the stream.
    private const string PeerExchange = "istio-peer-exchange";

    // Forward secrecy and AEAD only, by OpenSSL's names; the TLS 1.3 suites are all three that exist.
    private static readonly ImmutableArray<string> _cipherSuites =
    [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
    ];

    // In the lists that Istio sends, at their end.
    private static readonly ImmutableArray<string> _withoutForwardSecrecy = ["AES128-GCM-SHA256", "AES256-GCM-SHA384"];

    public MeshTlsParameters Translate(CommonTlsContext common, string path)
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

        return scope.Share(new MeshTlsParameters
        {
            Minimum = minimum,
            Maximum = maximum,
            CipherSuites = ToCipherSuites(tls, $"{path}.tls_params.cipher_suites"),
            AlpnProtocols = ToProtocols(common, $"{path}.alpn_protocols"),
        });
    }

    private ImmutableArray<string> ToCipherSuites(Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters tls, string path)
    {
        var suites = ImmutableArray.CreateBuilder<string>(tls.CipherSuites.Count);
        var hasStrong = tls.CipherSuites.Any(_cipherSuites.Contains);
        for (var i = 0; i < tls.CipherSuites.Count; i++)
        {
            var suite = tls.CipherSuites[i];
            if (_cipherSuites.Contains(suite))
            {
                suites.Add(suite);
            }
            else if (hasStrong && _withoutForwardSecrecy.Contains(suite))
            {
                scope.Ignore($"{path}[{i}]", "suites without forward secrecy are left out: the others of the list remain");
            }
            else
            {
                scope.Report($"{path}[{i}]", suite, "is not allowed", string.Join(", ", _cipherSuites));
            }
        }

        return suites.ToImmutable();
    }

    private ImmutableArray<string> ToProtocols(CommonTlsContext common, string path)
    {
        var protocols = ImmutableArray.CreateBuilder<string>(common.AlpnProtocols.Count);
        for (var i = 0; i < common.AlpnProtocols.Count; i++)
        {
            var protocol = common.AlpnProtocols[i];
            if (protocol.Length is 0 or > LongestProtocolName)
            {
                scope.Report($"{path}[{i}]", protocol, "is not a protocol name", $"1 to {LongestProtocolName} characters");
            }
            else if (protocol == PeerExchange)
            {
                scope.Ignore($"{path}[{i}]", $"{PeerExchange} is not offered: metadata is not exchanged");
            }
            else
            {
                protocols.Add(protocol);
            }
        }

        return protocols.ToImmutable();
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

    private static string EnumName(Protocol protocol) => protocol switch
    {
        Protocol.Tlsv10 => "TLSv1_0",
        Protocol.Tlsv11 => "TLSv1_1",
        Protocol.Tlsv12 => "TLSv1_2",
        Protocol.Tlsv13 => "TLSv1_3",
        _ => "TLS_AUTO",
    };
}
