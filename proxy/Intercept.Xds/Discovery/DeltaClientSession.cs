using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;

namespace Intercept.Xds.Discovery;

/// <summary>
/// Incremental xDS. A request says one thing: istiod takes an ACK with a subscription for an error, and overlooks the
/// subscription in a NACK.
/// </summary>
internal sealed class DeltaClientSession(Node node, IResourceReceiver receiver, AwaitedResources awaited, ResourceLifetimes lifetimes)
    : IDiscoverySession<DeltaDiscoveryRequest, DeltaDiscoveryResponse>
{
    private readonly ResponseDelivery _delivery = new(receiver, awaited, lifetimes);

    // By ResourceType; null where nothing was ever asked for on this stream.
    private readonly Subscription?[] _asked = new Subscription?[TypeUrls.All.Length];
    private bool _isOpen;

    public ImmutableArray<DeltaDiscoveryRequest> Ask()
    {
        var requests = ImmutableArray.CreateBuilder<DeltaDiscoveryRequest>();
        foreach (var type in TypeUrls.All)
        {
            if (Ask(type) is { } request)
            {
                request.Node = _isOpen ? null : node;
                _isOpen = true;
                requests.Add(request);
            }
        }

        return requests.DrainToImmutable();
    }

    public SessionAnswer<DeltaDiscoveryRequest> Answer(DeltaDiscoveryResponse response)
    {
        _delivery.Connect(response.ControlPlane?.Identifier);
        var outcome = Deliver(response);
        var refusal = Refusal.Text(outcome.Problems);
        var requests = Ask();

        // Without a nonce an answer would be taken for a subscription.
        if (response.Nonce.Length > 0)
        {
            requests = requests.Insert(0, new DeltaDiscoveryRequest
            {
                TypeUrl = response.TypeUrl,
                ResponseNonce = response.Nonce,
                ErrorDetail = refusal is null ? null : Refusal.Status(refusal),
            });
        }

        return new SessionAnswer<DeltaDiscoveryRequest>(
            TypeUrls.Find(response.TypeUrl), requests, response.ControlPlane?.Identifier, refusal, outcome.ServerErrors);
    }

    private ResponseOutcome Deliver(DeltaDiscoveryResponse response)
    {
        if (TypeUrls.Find(response.TypeUrl) is not { } type)
        {
            return new ResponseOutcome([Refusal.UnknownType(response.TypeUrl)], []);
        }

        return _asked[(int)type] is { IsNone: false } asked
            ? _delivery.Deliver(new ResponseReading(type, asked, response), response.ResourceErrors)
            : ResponseOutcome.Unwanted;
    }

    private DeltaDiscoveryRequest? Ask(ResourceType type)
    {
        var wanted = receiver.Wanted(type);
        var asked = _asked[(int)type];
        if (ReferenceEquals(wanted, asked) || (asked is null && wanted.IsNone))
        {
            return null;
        }

        _asked[(int)type] = wanted;
        return asked is null ? First(type, wanted) : Change(type, asked, wanted);
    }

    private DeltaDiscoveryRequest First(ResourceType type, Subscription wanted)
    {
        var versions = receiver.Versions(type);
        var request = new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Of(type) };

        // No name at all is the wildcard that every server knows.
        request.ResourceNamesSubscribe.Add(wanted.Names.Order(StringComparer.Ordinal));
        foreach (var (name, version) in versions)
        {
            if (wanted.Covers(name))
            {
                request.InitialResourceVersions.Add(name, version);
            }
        }

        Await(type, wanted.IsWildcard && versions.Count == 0 ? [Subscription.WildcardName] : request.ResourceNamesSubscribe);
        return request;
    }

    private DeltaDiscoveryRequest? Change(ResourceType type, Subscription asked, Subscription wanted)
    {
        string[] subscribe = [.. Names(wanted).Except(Names(asked)).Order(StringComparer.Ordinal)];
        string[] unsubscribe = [.. Names(asked).Except(Names(wanted)).Order(StringComparer.Ordinal)];
        if (subscribe.Length == 0 && unsubscribe.Length == 0)
        {
            return null;
        }

        Await(type, subscribe);
        foreach (var name in unsubscribe)
        {
            awaited.Remove(type, name);
        }

        return new DeltaDiscoveryRequest
        {
            TypeUrl = TypeUrls.Of(type),
            ResourceNamesSubscribe = { subscribe },
            ResourceNamesUnsubscribe = { unsubscribe },
        };
    }

    private static ImmutableHashSet<string> Names(Subscription subscription) =>
        subscription.IsWildcard ? [Subscription.WildcardName] : subscription.Names;

    private void Await(ResourceType type, IEnumerable<string> names)
    {
        var versions = receiver.Versions(type);
        awaited.Add(type, [.. names.Where(name => !versions.ContainsKey(name))]);
    }
}
