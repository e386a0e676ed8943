using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;

namespace Intercept.Control.Generation.Listeners;

/// <summary>What a service without an address of its own claims of a port: its ranges, its server name, or all that is left.</summary>
internal static class WildcardTargets
{
    public static IEnumerable<ConnectionTarget> Of(Service service, ServicePort port, ValueList<Cidr> ranges, ValueList<ConnectionTarget> targets)
    {
        if (!ranges.IsEmpty)
        {
            return targets.Select(target => target with { Subnets = target.Subnets.IsEmpty ? ranges : target.Subnets });
        }

        if (!service.Addresses.IsEmpty)
        {
            return [];
        }

        if (port.Protocol is PortProtocol.Tls or PortProtocol.Https)
        {
            // What no route names is called by the service's own name.
            return targets.Where(target => !target.IsForAll || service.Host != "*")
                .Select(target => target.IsForAll ? target with { ServerNames = [service.Host] } : target);
        }

        // By Host a proxy of connections cannot tell HTTP services from one another; a name that is resolved elsewhere has no address to claim.
        return port.Protocol == PortProtocol.Tcp && service.ExternalName is null ? targets : [];
    }
}
