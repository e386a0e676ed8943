using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.HttpInspector.V3;
using Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Control.Generation.Listeners;

internal static class ListenerFilters
{
    // A client whose server speaks first says nothing before: after this time it is taken as what it has not denied to be.
    private static readonly TimeSpan _detectionTimeout = TimeSpan.FromSeconds(5);

    public static ListenerFilter OriginalDestination() => Of("envoy.filters.listener.original_dst", new OriginalDst());

    /// <summary>Looks at the first bytes, and goes on without if there are none.</summary>
    public static void Inspect(Listener listener, bool http)
    {
        listener.ListenerFilters.Add(Of("envoy.filters.listener.tls_inspector", new TlsInspector()));
        if (http)
        {
            listener.ListenerFilters.Add(Of("envoy.filters.listener.http_inspector", new HttpInspector()));
        }

        listener.ListenerFiltersTimeout = Duration.FromTimeSpan(_detectionTimeout);
        listener.ContinueOnListenerFiltersTimeout = true;
    }

    private static ListenerFilter Of(string name, IMessage config) => new() { Name = name, TypedConfig = config.Packed() };
}
