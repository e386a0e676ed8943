using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Intercept.Control.Generation;
using Intercept.Control.Serving.Sessions;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>"> eds a b": every name that is wanted, each time.</summary>
internal sealed class SotwConversation : Conversation
{
    public SotwSession Session { get; } = new(new SessionLimits(), new ControlPlane { Identifier = "test" }, "s");

    protected override ReceivedRequest Request(ResourceType type, string nonce, string? reason, string[] words)
    {
        var request = new DiscoveryRequest { TypeUrl = TypeUrls.Of(type), ResponseNonce = nonce };
        request.ErrorDetail = reason is null ? null : new Google.Rpc.Status { Code = 3, Message = reason };
        request.ResourceNames.Add(words);
        return Session.Receive(request);
    }

    protected override (ResourceType Type, string Nonce, string Text)? Next(ProxyResources world)
    {
        if (Session.Next(world) is not { } push)
        {
            return null;
        }

        Assert.NotEmpty(push.Response.VersionInfo);
        return (push.Type, push.Response.Nonce, string.Join(' ', push.Response.Resources.Select(resource => resource.Value.ToStringUtf8())));
    }
}
