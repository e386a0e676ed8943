namespace Intercept.Control.Generation;

/// <summary>What a client of ours can use.</summary>
internal enum ProxyDialect
{
    /// <summary>Relays connections and looks into none: an Intercept proxy whose node says INTERCEPT_PROTOCOLS=tcp.</summary>
    Tcp,

    /// <summary>Speaks HTTP besides: any Envoy.</summary>
    Http,

    /// <summary>A gRPC client that resolves xds:/// itself: GENERATOR=grpc.</summary>
    Grpc,
}
