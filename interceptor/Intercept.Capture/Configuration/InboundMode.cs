namespace Intercept.Capture.Configuration;

/// <summary>How inbound connections reach the proxy. TPROXY keeps the peer's address and needs CAP_NET_ADMIN in the proxy.</summary>
public enum InboundMode
{
    Redirect,
    Tproxy,
}
