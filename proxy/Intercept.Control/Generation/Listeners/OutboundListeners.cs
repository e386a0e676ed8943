using System.Collections.Immutable;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Grpc;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Routes;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Listeners;

/// <summary>The listeners of one scope's outbound side. Only those of headless services depend on endpoints.</summary>
internal sealed class OutboundListeners
{
    private readonly ImmutableArray<GeneratedResource> _fixed;
    private readonly ImmutableArray<HeadlessPort> _headless;

    public OutboundListeners(
        MeshShape shape, ProxyScope scope, ImmutableArray<(int Position, ServicePlan Plan, PortPlan Port)> ports, ConnectionRouting routing)
    {
        if (scope.Dialect == ProxyDialect.Grpc)
        {
            _fixed = ApiListeners.Of(shape, scope, ports);
            _headless = [];
            return;
        }

        if (!scope.Listens)
        {
            (_fixed, _headless) = ([], []);
            return;
        }

        var listeners = new SortedDictionary<string, GeneratedResource>(StringComparer.Ordinal);
        var wildcards = new SortedDictionary<int, WildcardPort>();
        var headless = ImmutableArray.CreateBuilder<HeadlessPort>();
        foreach (var (position, plan, port) in ports)
        {
            var isHttp = scope.Dialect == ProxyDialect.Http && Protocols.IsHttp(port.Port.Protocol);
            if (isHttp)
            {
                Wildcard(port.Port.Port).IsHttp = true;
            }
            else if (plan.Service.IsHeadless && port.All.Discovery == ClusterDiscovery.OriginalDestination)
            {
                headless.Add(new HeadlessPort(position, port, routing.TargetsOf(plan.Service, port)));
            }
            else
            {
                AddConnections(plan.Service, port, routing.TargetsOf(plan.Service, port));
            }
        }

        var mode = scope.OutboundMode(shape.Options);
        foreach (var wildcard in wildcards.Values)
        {
            var listener = wildcard.Build(VirtualOutbound.RestOf(mode));
            listeners.TryAdd(listener.Name, listener);
        }

        var main = mode == OutboundMode.AllowAny ? VirtualOutbound.AllowAny : VirtualOutbound.RegistryOnly;
        listeners.Add(main.Name, main);
        (_fixed, _headless) = ([.. listeners.Values], headless.ToImmutable());

        WildcardPort Wildcard(int number)
        {
            if (!wildcards.TryGetValue(number, out var wildcard))
            {
                wildcards.Add(number, wildcard = new WildcardPort(number));
            }

            return wildcard;
        }

        void AddConnections(Service service, PortPlan port, ValueList<ConnectionTarget> targets)
        {
            var routes = scope.Dialect == ProxyDialect.Http && port.Port.Protocol == PortProtocol.Auto
                ? RouteNames.OfService(service.Host, port.Port.Port)
                : null;
            foreach (var range in service.Addresses.Where(range => range.PrefixLength == range.Network.Width))
            {
                var input = new ListenerInput(
                    range.Network.ToString(), port.Port.Port, port.All.Name, targets, routes, port.All.Policy.ConnectionPool?.Tcp?.IdleTimeout);
                var listener = port.Listeners.Get(input, 0, static (made, _) => ServiceListener.Build(made));
                listeners.TryAdd(listener.Name, listener);
            }

            var ranges = service.Addresses.Where(range => range.PrefixLength < range.Network.Width).ToValueList();
            foreach (var target in WildcardTargets.Of(service, port.Port, ranges, targets))
            {
                Wildcard(port.Port.Port).Add(port.All.Name, target);
            }
        }
    }

    public ImmutableArray<GeneratedResource> Of(MeshIndex index)
    {
        if (_headless.IsEmpty)
        {
            return _fixed;
        }

        var taken = _fixed.Select(listener => listener.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. _fixed.Concat(_headless.SelectMany(port => port.ListenersOf(index)).Where(listener => taken.Add(listener.Name)))
                .OrderBy(listener => listener.Name, StringComparer.Ordinal),
        ];
    }
}
