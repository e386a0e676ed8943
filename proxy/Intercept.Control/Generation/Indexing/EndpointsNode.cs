using Intercept.Control.Model;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Indexing;

/// <summary>The endpoints of one service, and whose certificates they show.</summary>
internal sealed class EndpointsNode
{
    private EndpointsNode(ServiceEndpoints endpoints, ValueList<string> identities) => (Endpoints, Identities) = (endpoints, identities);

    public ServiceEndpoints Endpoints { get; }

    /// <summary>SPIFFE IDs, in order, each once.</summary>
    public ValueList<string> Identities { get; }

    /// <param name="previous">Kept if nothing has changed. Its identities are kept if they have not: clusters depend on them.</param>
    public static EndpointsNode Of(ServiceEndpoints endpoints, string trustDomain, EndpointsNode? previous)
    {
        if (previous is not null && (ReferenceEquals(previous.Endpoints, endpoints) || previous.Endpoints == endpoints))
        {
            return previous;
        }

        var accounts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var port in endpoints.Ports)
        {
            foreach (var endpoint in port.Endpoints)
            {
                if (endpoint.ServiceAccount is { } account)
                {
                    accounts.Add($"spiffe://{trustDomain}/ns/{endpoint.Namespace}/sa/{account}");
                }
            }
        }

        var identities = accounts.ToValueList();
        return new EndpointsNode(endpoints, previous is not null && previous.Identities == identities ? previous.Identities : identities);
    }
}
