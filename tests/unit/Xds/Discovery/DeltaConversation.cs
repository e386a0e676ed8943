using System.Collections.Immutable;
using System.Text;
using Envoy.Service.Discovery.V3;
using Intercept.Xds.Discovery;
using Intercept.Xds.Transport;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>One stream of a <see cref="DeltaClientSession"/>, each request as a line.</summary>
internal sealed class DeltaConversation
{
    private readonly DeltaClientSession _session;

    public DeltaConversation(RecordingReceiver receiver) : this(receiver, new SteppedTime(), DiscoveryOptions.DefaultInitialFetchTimeout)
    {
    }

    public DeltaConversation(RecordingReceiver receiver, TimeProvider time, TimeSpan timeout)
    {
        Awaited = new AwaitedResources(Options(timeout), time);
        Lifetimes = new ResourceLifetimes(time);
        _session = new DeltaClientSession(Options(timeout).Node, receiver, Awaited, Lifetimes);
    }

    public AwaitedResources Awaited { get; }

    public ResourceLifetimes Lifetimes { get; }

    public string? Refusal { get; private set; }

    public IEnumerable<string> ServerErrors { get; private set; } = [];

    public static DiscoveryOptions Options(TimeSpan timeout) => new()
    {
        Server = new ServerOptions { Address = ServerAddress.TryParse("127.0.0.1:15010")! },
        Node = new() { Id = "sidecar~10.0.0.1~a.b~b.svc.cluster.local" },
        InitialFetchTimeouts = TypeUrls.All.ToImmutableDictionary(type => type, _ => timeout),
    };

    public string[] Asks() => [.. _session.Ask().Select(Line)];

    public string[] Hears(DeltaDiscoveryResponse response)
    {
        var answer = _session.Answer(response);
        Refusal = answer.Refusal;
        ServerErrors = answer.ServerErrors;
        return [.. answer.Requests.Select(Line)];
    }

    private static string Line(DeltaDiscoveryRequest request)
    {
        var line = new StringBuilder(request.Node is null ? "" : $"{request.Node.Id.Split('~')[0]} ");
        line.Append(TypeUrls.Find(request.TypeUrl)?.ToString() ?? request.TypeUrl);
        line.Append(string.Concat(request.ResourceNamesSubscribe.Select(name => $" +{name}")));
        line.Append(string.Concat(request.ResourceNamesUnsubscribe.Select(name => $" -{name}")));
        line.Append(string.Concat(request.InitialResourceVersions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $" has {pair.Key}={pair.Value}")));
        if (request.ErrorDetail is { } error)
        {
            Assert.Equal(3, error.Code);
            Assert.NotEmpty(error.Message);
        }

        return line.Append(request.ResponseNonce.Length == 0 ? "" : $" {(request.ErrorDetail is null ? "ack" : "nack")} {request.ResponseNonce}").ToString();
    }
}
