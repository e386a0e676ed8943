using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>Incremental ADS.</summary>
internal sealed class DeltaSession(SessionLimits limits, ControlPlane controlPlane, string streamId)
    : DiscoverySession<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(limits, controlPlane, streamId)
{
    public override Node? NodeOf(DeltaDiscoveryRequest request) => request.Node;

    public override ReceivedRequest Receive(DeltaDiscoveryRequest request)
    {
        if (Find(request.TypeUrl) is not { } subscription)
        {
            return new ReceivedRequest(RequestKind.UnknownType, null);
        }

        var others = Math.Max(subscription.NameCount, request.InitialResourceVersions.Count);
        if (Excess(subscription, request.ResourceNamesSubscribe, others) is { } excess)
        {
            return new ReceivedRequest(RequestKind.OverLimit, subscription.Type, excess);
        }

        // A nonce on the first request is of an earlier stream, and answers nothing here.
        if (!subscription.IsStarted)
        {
            Start(subscription, request.ResourceNamesSubscribe, request.InitialResourceVersions);
            return new ReceivedRequest(RequestKind.Subscription, subscription.Type);
        }

        var result = new ReceivedRequest(RequestKind.Subscription, subscription.Type);
        if (request.ResponseNonce.Length > 0)
        {
            result = Answer(subscription, request.ResponseNonce, request.ErrorDetail);
            if (result.Kind == RequestKind.Stale)
            {
                return result;
            }
        }

        foreach (var name in request.ResourceNamesUnsubscribe)
        {
            subscription.Remove(name);
        }

        foreach (var name in request.ResourceNamesSubscribe)
        {
            subscription.Add(name);
        }

        return result;
    }

    protected override Push<DeltaDiscoveryResponse>? Respond(Subscription subscription, ResourceSet set)
    {
        // A cluster goes when no listener or route that the proxy has taken leads to it any more, and its endpoints after it.
        var changes = subscription.Take(set, isKeepingRemoved: subscription.Type is ResourceType.Cluster or ResourceType.Endpoint);
        if (changes.Updated.IsEmpty && changes.Removed.IsEmpty && !subscription.MustAnswer)
        {
            return null;
        }

        return Push(subscription, set, changes.Updated, changes.Removed);
    }

    protected override Push<DeltaDiscoveryResponse>? Finish(Subscription subscription, ResourceSet set) =>
        subscription.TakeLeaving() is { IsEmpty: false } leaving ? Push(subscription, set, [], leaving) : null;

    private Push<DeltaDiscoveryResponse> Push(
        Subscription subscription, ResourceSet set, ImmutableArray<GeneratedResource> updated, ImmutableArray<string> removed)
    {
        var response = new DeltaDiscoveryResponse
        {
            TypeUrl = TypeUrls.Of(subscription.Type),
            SystemVersionInfo = set.Version,
            Nonce = Sent(subscription, set, updated),
            ControlPlane = ControlPlane,
        };
        response.Resources.Capacity = updated.Length;
        foreach (var resource in updated)
        {
            response.Resources.Add(resource.Delta);
        }

        response.RemovedResources.Add(removed);
        return new Push<DeltaDiscoveryResponse>(subscription.Type, response, updated.Length, removed.Length);
    }
}
