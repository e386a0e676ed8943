using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>
/// One ADS stream without its transport: requests in, responses out. A response is made from what is current when there is
/// room for it, so a slow proxy skips what was replaced meanwhile. Not thread safe.
/// </summary>
/// <param name="streamId">Begins every nonce, so that one of another stream is never taken for one of this.</param>
internal abstract class DiscoverySession<TRequest, TResponse>(SessionLimits limits, ControlPlane controlPlane, string streamId)
{
    private readonly ImmutableArray<Subscription> _subscriptions = [.. TypeUrls.All.Select(type => new Subscription(type))];

    // Until the first answer about endpoints: clusters sent on this stream, whose endpoints the proxy wants again even if it has them.
    private HashSet<string>? _sentClusters = new(StringComparer.Ordinal);
    private long _responses;

    public IEnumerable<TypeStatus> Status => _subscriptions.Where(subscription => subscription.IsStarted).Select(subscription => subscription.Status);

    /// <summary>A response is out that the proxy did not answer yet.</summary>
    public bool IsAwaitingAnswer => _subscriptions.Any(subscription => subscription.IsAwaitingAnswer);

    protected ControlPlane ControlPlane => controlPlane;

    public abstract Node? NodeOf(TRequest request);

    public abstract ReceivedRequest Receive(TRequest request);

    /// <summary>The next response, by the order of types; null when the proxy has everything, or owes an answer first.</summary>
    public Push<TResponse>? Next(ProxyResources current)
    {
        foreach (var subscription in _subscriptions)
        {
            if (!subscription.IsStarted || subscription.IsAwaitingAnswer)
            {
                continue;
            }

            if (Respond(subscription, current[subscription.Type]) is { } push)
            {
                return push;
            }
        }

        return IsAwaitingAnswer ? null : Finish(ResourceType.Cluster, current) ?? Finish(ResourceType.Endpoint, current);
    }

    protected abstract Push<TResponse>? Respond(Subscription subscription, ResourceSet set);

    /// <summary>Asked when the proxy has answered everything: what was kept for the last is broken now.</summary>
    protected virtual Push<TResponse>? Finish(Subscription subscription, ResourceSet set) => null;

    private Push<TResponse>? Finish(ResourceType type, ProxyResources current) => Finish(_subscriptions[(int)type], current[type]);

    protected Subscription? Find(string typeUrl) => TypeUrls.Find(typeUrl) is { } type ? _subscriptions[(int)type] : null;

    protected void Start(Subscription subscription, IReadOnlyCollection<string> names, IReadOnlyDictionary<string, string> brought)
    {
        if (subscription.Type == ResourceType.Endpoint && brought.Count > 0)
        {
            brought = brought.Where(entry => _sentClusters?.Contains(entry.Key) != true).ToDictionary();
        }

        subscription.Start(names, brought);
    }

    protected ReceivedRequest Answer(Subscription subscription, string nonce, Google.Rpc.Status? error)
    {
        if (nonce != subscription.Nonce)
        {
            return new ReceivedRequest(RequestKind.Stale, subscription.Type);
        }

        if (error is null)
        {
            subscription.Answer(null);
            return new ReceivedRequest(RequestKind.Acknowledgement, subscription.Type);
        }

        var reason = error.Message.Length > limits.ReasonLength ? error.Message[..limits.ReasonLength] : error.Message;
        subscription.Answer(reason);
        return new ReceivedRequest(RequestKind.Rejection, subscription.Type, reason);
    }

    /// <param name="others">Names that the stream has of this type already.</param>
    /// <returns>What is over the limit; null when nothing is.</returns>
    protected string? Excess(Subscription subscription, IReadOnlyCollection<string> names, int others)
    {
        if (names.Count + others > limits.NamesOfAType)
        {
            return $"{names.Count + others} names of {TypeUrls.Of(subscription.Type)} on one stream; allowed: {limits.NamesOfAType}";
        }

        return names.FirstOrDefault(name => name.Length > limits.NameLength) is { } name
            ? $"a name of {name.Length} characters; allowed: {limits.NameLength}"
            : null;
    }

    protected string Sent(Subscription subscription, ResourceSet set, ImmutableArray<GeneratedResource> resources)
    {
        var nonce = $"{streamId}-{++_responses}";
        subscription.Send(set, nonce);
        if (subscription.Type == ResourceType.Cluster)
        {
            OweEndpoints(resources);
        }
        else if (subscription.Type == ResourceType.Endpoint)
        {
            _sentClusters = null;
        }

        return nonce;
    }

    // Envoy warms a new or changed cluster until a response about its endpoints comes, be they the same as before. They go by the cluster's name.
    private void OweEndpoints(ImmutableArray<GeneratedResource> clusters)
    {
        var endpoints = _subscriptions[(int)ResourceType.Endpoint];
        foreach (var cluster in clusters)
        {
            _sentClusters?.Add(cluster.Name);
            endpoints.Owe(cluster.Name);
        }
    }
}
