using System.Text;
using Envoy.Service.Discovery.V3;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>One stream of a <see cref="SotwClientSession"/>, each request as a line.</summary>
internal sealed class SotwConversation
{
    private readonly SotwClientSession _session;

    /// <param name="accepted">What the client remembers from stream to stream.</param>
    public SotwConversation(RecordingReceiver receiver, Dictionary<ResourceType, string> accepted, TimeProvider? time = null)
    {
        Lifetimes = new ResourceLifetimes(time ?? new SteppedTime());
        var options = DeltaConversation.Options(DiscoveryOptions.DefaultInitialFetchTimeout);
        _session = new SotwClientSession(options.Node, receiver, new AwaitedResources(options, new SteppedTime()), Lifetimes, accepted);
    }

    public SotwConversation(RecordingReceiver receiver) : this(receiver, [])
    {
    }

    public string? Refusal { get; private set; }

    public ResourceLifetimes Lifetimes { get; }

    public string[] Asks() => [.. _session.Ask().Select(Line)];

    public string[] Hears(DiscoveryResponse response)
    {
        var answer = _session.Answer(response);
        Refusal = answer.Refusal;
        return [.. answer.Requests.Select(Line)];
    }

    private static string Line(DiscoveryRequest request)
    {
        var line = new StringBuilder(request.Node is null ? "" : $"{request.Node.Id.Split('~')[0]} ");
        line.Append(TypeUrls.Find(request.TypeUrl)?.ToString() ?? request.TypeUrl);
        line.Append($" [{string.Join(' ', request.ResourceNames)}]");
        if (request.ErrorDetail is { } error)
        {
            Assert.Equal(3, error.Code);
            Assert.NotEmpty(error.Message);
        }

        return line.Append($" at '{request.VersionInfo}'")
            .Append(request.ResponseNonce.Length == 0 ? "" : $" for {request.ResponseNonce}")
            .Append(request.ErrorDetail is null ? "" : " nack").ToString();
    }
}
