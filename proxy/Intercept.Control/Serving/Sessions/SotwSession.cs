using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>State of the world: listeners and clusters are sent whole; of the other types what is new or changed.</summary>
internal sealed class SotwSession(SessionLimits limits, ControlPlane controlPlane, string streamId)
    : DiscoverySession<DiscoveryRequest, DiscoveryResponse>(limits, controlPlane, streamId)
{
    public override Node? NodeOf(DiscoveryRequest request) => request.Node;

    public override ReceivedRequest Receive(DiscoveryRequest request)
    {
        if (Find(request.TypeUrl) is not { } subscription)
        {
            return new ReceivedRequest(RequestKind.UnknownType, null);
        }

        if (Excess(subscription, request.ResourceNames, 0) is { } excess)
        {
            return new ReceivedRequest(RequestKind.OverLimit, subscription.Type, excess);
        }

        // A nonce on the first request is of an earlier stream, and answers nothing here.
        if (!subscription.IsStarted)
        {
            Start(subscription, request.ResourceNames, ImmutableDictionary<string, string>.Empty);
            return new ReceivedRequest(RequestKind.Subscription, subscription.Type);
        }

        // Before the first response of the type, names may be added with nothing to answer.
        var result = request.ResponseNonce.Length == 0 && subscription.Nonce.Length == 0
            ? new ReceivedRequest(RequestKind.Subscription, subscription.Type)
            : Answer(subscription, request.ResponseNonce, request.ErrorDetail);
        if (result.Kind != RequestKind.Stale)
        {
            subscription.Replace(request.ResourceNames);
        }

        return result;
    }

    protected override Push<DiscoveryResponse>? Respond(Subscription subscription, ResourceSet set)
    {
        var changes = subscription.Take(set);
        var isWorthSaying = !changes.Updated.IsEmpty || (subscription.IsWhole && !changes.Removed.IsEmpty);
        if (!isWorthSaying && !subscription.MustAnswer)
        {
            return null;
        }

        var resources = subscription.IsWhole ? [.. set.All.Where(resource => subscription.Wants(resource.Name))] : changes.Updated;
        var response = new DiscoveryResponse
        {
            TypeUrl = TypeUrls.Of(subscription.Type),
            VersionInfo = set.Version,
            Nonce = Sent(subscription, set, changes.Updated),
            ControlPlane = ControlPlane,
        };
        response.Resources.Capacity = resources.Length;
        foreach (var resource in resources)
        {
            response.Resources.Add(resource.Any);
        }

        return new Push<DiscoveryResponse>(subscription.Type, response, resources.Length, changes.Removed.Length);
    }
}
