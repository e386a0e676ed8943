using Envoy.Config.Listener.V3;
using Intercept.Control.Model;

namespace Intercept.Control.Generation.Listeners;

/// <summary>What stands on one port whatever the address: HTTP by host, TLS by SNI, ranges of addresses, services without an address.</summary>
internal sealed class WildcardPort(int port)
{
    private readonly List<(string StatPrefix, ConnectionTarget Target)> _targets = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Whether a service speaks HTTP here.</summary>
    public bool IsHttp { get; set; }

    public void Add(string statPrefix, ConnectionTarget target)
    {
        // What two services claim is that of the first; two chains for one connection are an error of the whole listener.
        var names = target.ServerNames.Where(name => _names.Add($"sni {name}")).ToValueList();
        var subnets = target.Subnets.Where(range => _names.Add($"range {range}")).ToValueList();
        if (names.Count == target.ServerNames.Count && subnets.Count == target.Subnets.Count)
        {
            _targets.Add((statPrefix, target));
        }
        else if (!names.IsEmpty || !subnets.IsEmpty)
        {
            _targets.Add((statPrefix, new ConnectionTarget(names, subnets, target.Clusters)));
        }
    }

    /// <param name="rest">The cluster of what nothing here is meant for.</param>
    public GeneratedResource Build(string rest)
    {
        var listener = ServiceListener.New(ResourceNames.Listener(Addresses.AnyIPv4, port), Addresses.AnyIPv4, port);
        listener.AdditionalAddresses.Add(new AdditionalAddress { Address = Addresses.Of(Addresses.AnyIPv6, port) });
        if (IsHttp)
        {
            listener.FilterChains.Add(ServiceListener.Http(Routes.RouteNames.OfPort(port)));
        }

        foreach (var (statPrefix, target) in _targets)
        {
            ServiceListener.AddTargets(listener, statPrefix, [target], null);
        }

        listener.DefaultFilterChain ??= new FilterChain { Name = "PassthroughFilterChain", Filters = { NetworkFilters.TcpProxy(rest) } };
        return ServiceListener.Finish(listener, IsHttp);
    }
}
