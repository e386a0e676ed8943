using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;

namespace Intercept.Xds.Discovery;

/// <summary>State-of-the-world xDS: each request says everything that is wanted of its type.</summary>
/// <param name="accepted">
/// The version of each type that was accepted whole and last, by the streams before this one and by this one.
/// </param>
internal sealed class SotwClientSession(
    Node node, IResourceReceiver receiver, AwaitedResources awaited, ResourceLifetimes lifetimes, Dictionary<ResourceType, string> accepted)
    : IDiscoverySession<DiscoveryRequest, DiscoveryResponse>
{
    private readonly ResponseDelivery _delivery = new(receiver, awaited, lifetimes);
    private readonly ImmutableArray<TypeState> _types = [.. TypeUrls.All.Select(_ => new TypeState())];
    private bool _isOpen;

    public ImmutableArray<DiscoveryRequest> Ask()
    {
        var requests = ImmutableArray.CreateBuilder<DiscoveryRequest>();
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

    public SessionAnswer<DiscoveryRequest> Answer(DiscoveryResponse response)
    {
        _delivery.Connect(response.ControlPlane?.Identifier);
        var type = TypeUrls.Find(response.TypeUrl);
        var outcome = type is null
            ? new ResponseOutcome([Refusal.UnknownType(response.TypeUrl)], [])
            : Deliver(type.Value, response);
        var refusal = Refusal.Text(outcome.Problems);
        var answer = type is null
            ? new DiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce }
            : Answer(type.Value, response, isAccepted: refusal is null);
        answer.ErrorDetail = refusal is null ? null : Refusal.Status(refusal);

        // Without a nonce an answer would be taken for a first request.
        ImmutableArray<DiscoveryRequest> answers = response.Nonce.Length > 0 ? [answer] : [];
        return new SessionAnswer<DiscoveryRequest>(
            type, [.. answers, .. Ask()], response.ControlPlane?.Identifier, refusal, outcome.ServerErrors);
    }

    private ResponseOutcome Deliver(ResourceType type, DiscoveryResponse response) =>
        _types[(int)type].Asked is { IsNone: false } asked
            ? _delivery.Deliver(new ResponseReading(type, asked, response), response.ResourceErrors)
            : ResponseOutcome.Unwanted;

    private DiscoveryRequest Answer(ResourceType type, DiscoveryResponse response, bool isAccepted)
    {
        var state = _types[(int)type];
        state.Nonce = response.Nonce;
        if (isAccepted)
        {
            state.Version = accepted[type] = response.VersionInfo;
        }
        else
        {
            // Parts of it are in force, so that what we have is no version that the server knows.
            accepted.Remove(type);
        }

        return Restate(type);
    }

    private DiscoveryRequest? Ask(ResourceType type)
    {
        var wanted = receiver.Wanted(type);
        var state = _types[(int)type];
        var asked = state.Asked;
        if (ReferenceEquals(wanted, asked) || (asked is null && wanted.IsNone))
        {
            return null;
        }

        state.Asked = wanted;
        if (asked is null)
        {
            // A server that knows the version may send nothing: only where nothing is missing.
            state.Version = IsComplete(type, wanted) ? accepted.GetValueOrDefault(type, "") : "";
        }
        else if (asked.IsWildcard == wanted.IsWildcard && asked.Names.SetEquals(wanted.Names))
        {
            return null;
        }

        Await(type, asked ?? Subscription.None, wanted);
        return state.Name(wanted) ? Restate(type) : null;
    }

    private DiscoveryRequest Restate(ResourceType type)
    {
        var state = _types[(int)type];
        return new DiscoveryRequest
        {
            TypeUrl = TypeUrls.Of(type),
            VersionInfo = state.Version,
            ResponseNonce = state.Nonce,
            ResourceNames = { state.Names },
        };
    }

    private bool IsComplete(ResourceType type, Subscription wanted)
    {
        var versions = receiver.Versions(type);
        return wanted.IsWildcard ? versions.Count > 0 : wanted.Names.All(versions.ContainsKey);
    }

    private void Await(ResourceType type, Subscription asked, Subscription wanted)
    {
        var versions = receiver.Versions(type);
        foreach (var name in asked.Names.Except(wanted.Names))
        {
            awaited.Remove(type, name);
        }

        awaited.Add(type, wanted.IsWildcard && versions.Count == 0
            ? [Subscription.WildcardName]
            : [.. wanted.Names.Where(name => !asked.Names.Contains(name) && !versions.ContainsKey(name))]);
    }

    private sealed class TypeState
    {
        private bool _hasNamed;

        /// <summary>Null before the first request.</summary>
        public Subscription? Asked { get; set; }

        /// <summary>What the last request said.</summary>
        public ImmutableArray<string> Names { get; private set; } = [];

        public string Version { get; set; } = "";

        public string Nonce { get; set; } = "";

        /// <summary>No name at all is everything until a name was said, and nothing from then on.</summary>
        /// <returns>False when it cannot be said: a wildcard without a name is not taken back.</returns>
        public bool Name(Subscription wanted)
        {
            var isSayable = !wanted.IsNone || _hasNamed;
            Names = wanted.IsWildcard && _hasNamed ? [Subscription.WildcardName] : [.. wanted.Names.Order(StringComparer.Ordinal)];
            _hasNamed |= !wanted.Names.IsEmpty;
            return isSayable;
        }
    }
}
