using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.LoadBalancing;
using Intercept.Proxy.Plans;
using Intercept.Runtime.Loops;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Upstreams;

/// <summary>
/// Resolves the names of one cluster, again and again, on the control loop. An answer that does not come changes nothing:
/// the hosts of the last good one stay.
/// </summary>
internal sealed partial class HostResolver(EventLoop loop, ClusterPlan cluster, ILogger logger) : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopTimer? _timer;
    private bool _isDisposed;

    /// <summary>Ends when every name was asked for once, with or without an answer.</summary>
    public Task FirstRound => _first.Task;

    public void Start()
    {
        _timer = new LoopTimer(loop, () => loop.Observe(ResolveAsync()));
        loop.Observe(ResolveAsync());
    }

    public void Dispose()
    {
        _isDisposed = true;
        _timer?.Stop();
        _first.TrySetResult();
    }

    private async Task ResolveAsync()
    {
        var found = ImmutableArray.CreateBuilder<ResolvedEndpoint>();
        var failed = false;
        foreach (var endpoint in cluster.Cluster.Endpoints)
        {
            if (endpoint.Address is { } address)
            {
                found.Add(ClusterHosts.Of(cluster.Cluster, endpoint, address));
            }
            else if (await TryResolveAsync(endpoint.HostName!) is { } addresses)
            {
                // LOGICAL_DNS is one host with many faces: the first stands for it.
                var used = cluster.Cluster.Type == ClusterType.LogicalDns ? addresses[..1] : addresses;
                found.AddRange(used.Select(used => ClusterHosts.Of(cluster.Cluster, endpoint, used)));
            }
            else
            {
                failed = true;
            }
        }

        if (_isDisposed)
        {
            return;
        }

        if (!failed || cluster.Endpoints.IsEmpty)
        {
            Take([.. found.Distinct()]);
        }

        _first.TrySetResult();
        _timer!.Start(cluster.Cluster.DnsRefreshRate);
    }

    private void Take(ImmutableArray<ResolvedEndpoint> hosts)
    {
        if (!cluster.Endpoints.SequenceEqual(hosts))
        {
            cluster.Endpoints = hosts;
            LogResolved(logger, cluster.Cluster.Name, string.Join(", ", hosts.Select(host => host.Endpoint)));
        }
    }

    /// <returns>In a stable order; null when there is no answer.</returns>
    private async Task<ImmutableArray<NetAddress>?> TryResolveAsync(string name)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name);
            var usable = NameAddresses.Choose(cluster.Cluster.NameFamilies, addresses.Select(NetAddress.From));
            if (!usable.IsEmpty)
            {
                return usable;
            }

            LogUnresolved(logger, cluster.Cluster.Name, name, $"it has no address that dns_lookup_family {cluster.Cluster.NameFamilies.Name()} uses");
            return null;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            LogUnresolved(logger, cluster.Cluster.Name, name, exception.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "cluster {Cluster} resolves to {Hosts}")]
    private static partial void LogResolved(ILogger logger, string cluster, string hosts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster {Cluster}: {Name} does not resolve: {Reason}")]
    private static partial void LogUnresolved(ILogger logger, string cluster, string name, string reason);
}
