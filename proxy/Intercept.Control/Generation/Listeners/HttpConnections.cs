using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Cors.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Generation.Clusters;
using HttpRbac = Envoy.Extensions.Filters.Http.Rbac.V3.RBAC;
using Manager = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager;

namespace Intercept.Control.Generation.Listeners;

internal static class HttpConnections
{
    private const string FilterName = "envoy.filters.network.http_connection_manager";

    /// <param name="routes">The name of a route configuration.</param>
    public static Filter Outbound(string routes) => NetworkFilters.Of(FilterName, New(
        $"outbound_{routes}",
        manager => manager.Rds = new Rds { ConfigSource = ConfigSources.Ads(), RouteConfigName = routes },
        [Of("envoy.filters.http.fault", new HTTPFault()), Of("envoy.filters.http.cors", new Cors())]));

    /// <summary>What the application is sent: all of it, once it is allowed.</summary>
    public static Filter Inbound(string cluster, int port, IEnumerable<RBAC> rules)
    {
        var manager = New(
            $"inbound_{cluster}",
            manager => manager.RouteConfig = InboundRoutes(cluster, port),
            [.. rules.Select(rule => Of("envoy.filters.http.rbac", new HttpRbac { Rules = rule }))]);

        // Who called, over mTLS, is appended to x-forwarded-client-cert; over plaintext the header is taken out.
        manager.ForwardClientCertDetails = Manager.Types.ForwardClientCertDetails.AppendForward;
        manager.SetCurrentClientCertDetails = new Manager.Types.SetCurrentClientCertDetails { Subject = true, Dns = true, Uri = true };
        return NetworkFilters.Of(FilterName, manager);
    }

    public static HttpFilter Router() => Of("envoy.filters.http.router", new Router());

    public static HttpFilter Of(string name, IMessage config) => new() { Name = name, TypedConfig = config.Packed() };

    private static Manager New(string statPrefix, Action<Manager> setRoutes, IReadOnlyList<HttpFilter> filters)
    {
        var manager = new Manager
        {
            StatPrefix = statPrefix,
            HttpFilters = { filters, Router() },
            StreamIdleTimeout = new Duration(),

            // Policies look at paths: all must see the same one.
            NormalizePath = true,
            UseRemoteAddress = false,
            UpgradeConfigs = { new Manager.Types.UpgradeConfig { UpgradeType = "websocket" } },
        };
        setRoutes(manager);
        return manager;
    }

    private static RouteConfiguration InboundRoutes(string cluster, int port) => new()
    {
        Name = cluster,
        ValidateClusters = false,
        VirtualHosts =
        {
            new VirtualHost
            {
                Name = $"inbound|http|{port}",
                Domains = { "*" },
                Routes =
                {
                    new Route
                    {
                        Name = "default",
                        Match = new RouteMatch { Prefix = "/" },
                        Route_ = new RouteAction
                        {
                            Cluster = cluster,
                            Timeout = new Duration(),
                            MaxStreamDuration = new RouteAction.Types.MaxStreamDuration
                            {
                                MaxStreamDuration_ = new Duration(),
                                GrpcTimeoutHeaderMax = new Duration(),
                            },
                        },
                    },
                },
            },
        },
    };
}
