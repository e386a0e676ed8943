using Envoy.Config.Core.V3;
using Grpc.Core;
using Intercept.Control.Generation;
using Intercept.Control.Serving.Callers;
using Intercept.Control.Serving.Endpoints;
using Intercept.Control.Serving.Sessions;

namespace Intercept.Control.Serving.Streams;

/// <summary>From a call to a stream that is served: who calls, who it says it is, whether it may be that, whether there is room.</summary>
internal sealed class DiscoveryStreams(StreamServices services, ICallerAuthenticator authenticator)
{
    private static readonly Caller _local = new() { Description = "loopback", IsUnrestricted = true };

    public async Task ServeAsync<TRequest, TResponse>(
        DiscoverySession<TRequest, TResponse> session, string protocol, IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses, ServerCallContext context)
        where TRequest : class
        where TResponse : class
    {
        var http = context.GetHttpContext();
        var credentials = CallerCredentials.Of(http);
        var isPlaintext = http.Features.Get<Door>()?.On == ServedOn.Plaintext;
        var caller = isPlaintext ? _local : await authenticator.AuthenticateAsync(credentials, context.CancellationToken);
        if (caller.IsRefused)
        {
            throw Refuse("credentials", credentials, caller.Refusal, new Grpc.Core.Status(StatusCode.Unauthenticated, "the credentials are not accepted"));
        }

        var first = await FirstAsync(requests, credentials, context.CancellationToken);
        var node = NodeOf(session.NodeOf(first), caller, credentials);
        var stream = new ProxyStream<TRequest, TResponse>(session, node, caller.Description, protocol, services);
        if (services.Proxies.TryAdd(stream) is { } full)
        {
            throw Refuse("full", credentials, full, new Grpc.Core.Status(StatusCode.Unavailable, full));
        }

        StreamReports.Connected(services.Logger, node.Id, protocol, caller.Description, services.Proxies.Count);
        var why = "it ended the stream";
        try
        {
            await WaitForModelAsync(context.CancellationToken);
            await stream.RunAsync(first, requests, responses, context.CancellationToken);
        }
        catch (RpcException failure)
        {
            why = failure.Status.Detail;
            throw;
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or InvalidOperationException && context.CancellationToken.IsCancellationRequested)
        {
            why = "the connection is gone";
        }
        catch (Exception failure)
        {
            why = "a defect";
            services.Metrics.InternalErrors.Add();
            StreamReports.Failed(services.Logger, node.Id, failure);
            throw new RpcException(new Grpc.Core.Status(StatusCode.Internal, "the control plane failed; its log says how"));
        }
        finally
        {
            services.Proxies.Remove(stream);
            StreamReports.Left(services.Logger, node.Id, why, services.Proxies.Count);
        }
    }

    private async Task<TRequest> FirstAsync<TRequest>(IAsyncStreamReader<TRequest> requests, CallerCredentials credentials, CancellationToken cancellation)
        where TRequest : class
    {
        try
        {
            if (await requests.MoveNext(cancellation).WaitAsync(services.Options.Introduction, services.Time, cancellation))
            {
                return requests.Current;
            }
        }
        catch (TimeoutException)
        {
            throw Refuse("silent", credentials, "it said nothing", new Grpc.Core.Status(StatusCode.DeadlineExceeded, "no request came"));
        }

        throw Refuse("silent", credentials, "it ended the stream without a request", new Grpc.Core.Status(StatusCode.InvalidArgument, "no request came"));
    }

    private ProxyNode NodeOf(Node? said, Caller caller, CallerCredentials credentials)
    {
        if (said is null)
        {
            throw Refuse("node", credentials, "its first request has no node", new Grpc.Core.Status(StatusCode.InvalidArgument, "the first request must have a node"));
        }

        var node = ProxyNode.TryRead(said, out var why);
        if (node is null)
        {
            throw Refuse("node", credentials, why!, new Grpc.Core.Status(StatusCode.InvalidArgument, why!));
        }

        return Claim.Grant(caller, node) ?? throw Refuse(
            "claim", credentials, $"{caller.Description} says it is {node.Id} with the service account '{node.ServiceAccount}'",
            new Grpc.Core.Status(StatusCode.PermissionDenied, $"{caller.Description} may not be {node.Id}"));
    }

    private async Task WaitForModelAsync(CancellationToken cancellation)
    {
        try
        {
            await services.Generations.First.WaitAsync(services.Options.FirstModel, services.Time, cancellation);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "no manifests are in force yet"));
        }
    }

    private RpcException Refuse(string reason, CallerCredentials credentials, string why, Grpc.Core.Status status)
    {
        services.Metrics.Refusals.Add(reason);
        StreamReports.Refused(services.Logger, credentials.ToString(), why);
        return new RpcException(status);
    }
}
