using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Http;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin;

/// <summary>Readiness at Istio's path, for the kubelet: open to everyone, and it says nothing else.</summary>
internal sealed partial class HealthServer : IDisposable
{
    private const string ReadyPath = "/healthz/ready";

    // EAFNOSUPPORT, which only a host without IPv6 answers with.
    private const int FamilyNotSupported = 97;

    private readonly ImmutableArray<HttpServer> _servers;

    private HealthServer(ImmutableArray<HttpServer> servers) => _servers = servers;

    public ImmutableArray<NetEndpoint> LocalEndpoints => [.. _servers.Select(server => server.LocalEndpoint)];

    /// <summary>All addresses or none; but [::] may be missing where the host has no IPv6 and another address is there.</summary>
    /// <param name="loop">Disposed after the server.</param>
    /// <returns>Null when an address cannot be listened on; then <paramref name="why"/> says so.</returns>
    public static HealthServer? TryStart(
        EventLoop loop, ImmutableArray<NetEndpoint> addresses, IProxyState state, TimeProvider time, ILogger log, out string why)
    {
        var servers = ImmutableArray.CreateBuilder<HttpServer>(addresses.Length);
        foreach (var address in addresses)
        {
            var (server, result) = HttpServer.TryStart(loop, address, request => Answer(request, state), HttpLimits.Default, time, new HttpReports(log));
            if (server is not null)
            {
                servers.Add(server);
            }
            else if (addresses.Length > 1 && IsWithoutIPv6(address, result))
            {
                LogWithoutIPv6(log, address);
            }
            else
            {
                new HealthServer(servers.ToImmutable()).Dispose();
                why = $"{address}: {result}";
                return null;
            }
        }

        why = "";
        return new HealthServer(servers.ToImmutable());
    }

    /// <summary>Stops answering, soon. Callable from any thread.</summary>
    public void Dispose()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }
    }

    private static HttpResponse Answer(HttpRequest request, IProxyState state)
    {
        if (request.Path != ReadyPath)
        {
            return HttpResponse.OfText($"there is only {ReadyPath}\n", 404);
        }

        if (request.Method is not ("GET" or "HEAD"))
        {
            return HttpResponse.OfText("allowed: GET, HEAD\n", 405, "GET, HEAD");
        }

        return state.State == ServerState.Live ? HttpResponse.OfText("ready\n") : HttpResponse.OfText($"not ready: {state.State.Label()}{(state.WaitsFor is { } what ? $", waiting for {what}" : "")}\n", 503);
    }

    private static bool IsWithoutIPv6(NetEndpoint address, ListenResult result) =>
        address.Address == NetAddress.AnyIPv6 && result.ErrorNumber is FamilyNotSupported or Errno.AddressNotAvailable;

    [LoggerMessage(Level = LogLevel.Information, Message = "no readiness at {Address}: this host has no IPv6")]
    private static partial void LogWithoutIPv6(ILogger log, NetEndpoint address);
}
