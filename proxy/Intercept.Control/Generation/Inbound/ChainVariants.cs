using Intercept.Control.Model.Security;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Inbound;

/// <summary>
/// Which chains a port has, by its mTLS mode and by what it speaks: Istio's table. In PERMISSIVE mode the names in ALPN
/// tell TLS of the mesh from that of the application.
/// </summary>
internal static class ChainVariants
{
    private const string Tls = "tls";
    private const string Raw = "raw_buffer";

    private static readonly string[] _meshHttp = ["istio-http/1.0", "istio-http/1.1", "istio-h2"];
    private static readonly string[] _meshTcp = ["istio-peer-exchange", "istio"];
    private static readonly string[] _mesh = ["istio", "istio-peer-exchange", "istio-http/1.0", "istio-http/1.1", "istio-h2"];
    private static readonly string[] _plaintextHttp = ["http/1.1", "h2c"];

    public static IReadOnlyList<ChainVariant> Of(MtlsMode mode, PortProtocol protocol, ProxyDialect dialect)
    {
        var isHttp = dialect == ProxyDialect.Http && Protocols.IsHttp(protocol);
        if (dialect == ProxyDialect.Http && protocol == PortProtocol.Auto)
        {
            return OfAuto(mode);
        }

        return mode switch
        {
            MtlsMode.Strict => [new ChainVariant("mtls", Tls, [], IsMutualTls: true, isHttp)],

            // Nothing is to be told apart, so that nobody waits for the first bytes.
            MtlsMode.Disable => [new ChainVariant("plaintext", null, [], IsMutualTls: false, isHttp)],
            _ when isHttp =>
            [
                new ChainVariant("mtls", Tls, _mesh, IsMutualTls: true, IsHttp: true),
                new ChainVariant("plaintext", Raw, [], IsMutualTls: false, IsHttp: true),
            ],
            _ =>
            [
                new ChainVariant("mtls", Tls, _mesh, IsMutualTls: true, IsHttp: false),
                new ChainVariant("tls", Tls, [], IsMutualTls: false, IsHttp: false),
                new ChainVariant("plaintext", Raw, [], IsMutualTls: false, IsHttp: false),
            ],
        };
    }

    private static IReadOnlyList<ChainVariant> OfAuto(MtlsMode mode) => mode switch
    {
        MtlsMode.Strict =>
        [
            new ChainVariant("mtls-http", Tls, _meshHttp, IsMutualTls: true, IsHttp: true),
            new ChainVariant("mtls", Tls, [], IsMutualTls: true, IsHttp: false),
        ],
        MtlsMode.Disable =>
        [
            new ChainVariant("plaintext-http", Raw, _plaintextHttp, IsMutualTls: false, IsHttp: true),
            new ChainVariant("plaintext", null, [], IsMutualTls: false, IsHttp: false),
        ],
        _ =>
        [
            new ChainVariant("mtls-http", Tls, _meshHttp, IsMutualTls: true, IsHttp: true),
            new ChainVariant("plaintext-http", Raw, _plaintextHttp, IsMutualTls: false, IsHttp: true),
            new ChainVariant("mtls", Tls, _meshTcp, IsMutualTls: true, IsHttp: false),
            new ChainVariant("tls", Tls, [], IsMutualTls: false, IsHttp: false),
            new ChainVariant("plaintext", Raw, [], IsMutualTls: false, IsHttp: false),
        ],
    };
}
