using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Intercept.Control.Generation;
using Intercept.Control.Serving.Sessions;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>"> eds +a -b a=1": subscribes to a, unsubscribes from b, has version 1 of a.</summary>
internal sealed class DeltaConversation(SessionLimits? limits = null) : Conversation
{
    public DeltaSession Session { get; } = new(limits ?? new SessionLimits(), new ControlPlane { Identifier = "test" }, "s");

    protected override ReceivedRequest Request(ResourceType type, string nonce, string? reason, string[] words)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Of(type), ResponseNonce = nonce };
        request.ErrorDetail = reason is null ? null : new Google.Rpc.Status { Code = 3, Message = reason };
        request.ResourceNamesSubscribe.Add(words.Where(word => word[0] == '+').Select(word => word[1..]));
        request.ResourceNamesUnsubscribe.Add(words.Where(word => word[0] == '-').Select(word => word[1..]));
        foreach (var pair in words.Where(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=')))
        {
            request.InitialResourceVersions.Add(pair[0], pair[1]);
        }

        return Session.Receive(request);
    }

    protected override (ResourceType Type, string Nonce, string Text)? Next(ProxyResources world)
    {
        if (Session.Next(world) is not { } push)
        {
            return null;
        }

        Assert.All(push.Response.Resources, resource => Assert.Equal($"{resource.Name}={resource.Version}", resource.Resource_.Value.ToStringUtf8()));
        Assert.All(push.Response.Resources, resource => Assert.Equal(push.Response.TypeUrl, resource.Resource_.TypeUrl));
        Assert.Equal("test", push.Response.ControlPlane.Identifier);
        var words = push.Response.Resources.Select(resource => $"{resource.Name}={resource.Version}").Concat(push.Response.RemovedResources.Select(name => $"-{name}"));
        return (push.Type, push.Response.Nonce, string.Join(' ', words));
    }
}
