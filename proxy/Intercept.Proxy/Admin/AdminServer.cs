using Intercept.Core.Addressing;
using Intercept.Runtime.Http;
using Intercept.Runtime.Loops;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin;

/// <summary>The admin interface, at the paths of Envoy's. On loopback only, which the configuration's reader sees to.</summary>
internal sealed class AdminServer : IDisposable
{
    private readonly HttpServer _server;

    private AdminServer(HttpServer server) => _server = server;

    /// <summary>With the port that the kernel chose, when 0 was asked for.</summary>
    public NetEndpoint LocalEndpoint => _server.LocalEndpoint;

    /// <param name="loop">Not one of the data path. Disposed after the server.</param>
    /// <returns>Null when the address cannot be listened on; then <paramref name="why"/> says so.</returns>
    public static AdminServer? TryStart(EventLoop loop, NetEndpoint address, IProxyState state, TimeProvider time, ILogger log, out string why)
    {
        var (server, result) = HttpServer.TryStart(loop, address, new AdminPages(state, time).Answer, HttpLimits.Default, time, new HttpReports(log));
        why = server is null ? $"{result}" : "";
        return server is null ? null : new AdminServer(server);
    }

    /// <summary>Stops answering, soon. Callable from any thread.</summary>
    public void Dispose() => _server.Dispose();
}
