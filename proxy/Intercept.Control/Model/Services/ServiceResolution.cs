namespace Intercept.Control.Model.Services;

/// <summary>How a proxy finds the endpoints.</summary>
internal enum ServiceResolution
{
    /// <summary>The control plane knows them (EDS).</summary>
    Static,

    /// <summary>To where the application was going (ORIGINAL_DST): headless services, and ServiceEntries with NONE.</summary>
    Passthrough,

    /// <summary>The proxy resolves the endpoints' names, and uses all the addresses.</summary>
    Dns,

    /// <summary>The proxy resolves the name for each new connection, and uses one address (DNS_ROUND_ROBIN).</summary>
    DnsRoundRobin,
}
