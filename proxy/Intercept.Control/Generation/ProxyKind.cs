namespace Intercept.Control.Generation;

internal enum ProxyKind
{
    /// <summary>sidecar~: beside one workload.</summary>
    Sidecar,

    /// <summary>router~: a gateway.</summary>
    Router,
}
