using System.Collections.Immutable;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin;

/// <summary>
/// All that admin and health see of the running proxy. Asked on admin's loop, at any time between start and end; answers
/// are immutable, and no call waits for a data-path loop. What a command asks for happens soon after it returns.
/// </summary>
internal interface IProxyState
{
    ServerState State { get; }

    /// <summary>What has to be there before it is ready, and why it is not; null when nothing is waited for.</summary>
    string? WaitsFor { get; }

    TimeSpan Uptime { get; }

    ProxyOptions Options { get; }

    /// <summary>The configuration in effect; null before the first.</summary>
    ActiveConfiguration? Configuration { get; }

    /// <summary>The newest configuration, if it was refused; null when the newest is the one in effect.</summary>
    RefusedConfiguration? Refused { get; }

    /// <summary>Get and set: --log-level, and /logging at run time.</summary>
    LogLevel LogLevel { get; set; }

    /// <summary>Those of the configuration and those that drain, with the addresses that they really have.</summary>
    ImmutableArray<ListenerStatus> Listeners();

    ImmutableArray<ClusterStatus> Clusters();

    /// <summary>One entry for each TLS context that is in use.</summary>
    ImmutableArray<CertificateStatus> Certificates();

    /// <summary>Null without one.</summary>
    ControlPlaneStatus? ControlPlane { get; }

    /// <summary>Where the proxy's own certificate comes from; null for files.</summary>
    CertificateProviderStatus? CertificateSource { get; }

    /// <summary>With their keys: whoever shows them leaves those out.</summary>
    IEnumerable<Secret> Secrets();

    /// <summary>Every counter and gauge, in any order, summed over the loops.</summary>
    IReadOnlyList<Stat> Stats();

    /// <summary>Counters to zero; gauges stay.</summary>
    void ResetCounters();

    /// <param name="graceful">Let connections end by themselves for --drain-time-s; else only stop accepting, at once.</param>
    /// <param name="inboundOnly">Leave outbound listeners.</param>
    void DrainListeners(bool graceful, bool inboundOnly);

    /// <summary>End the process in good order, without waiting for connections.</summary>
    void Quit();
}
