using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Intercept.Control.Serving.Callers;
using Intercept.Core.Identity;
using Microsoft.Extensions.Logging;
using Spiffe.Workload;

namespace Intercept.Control.Authority;

/// <summary>
/// SPIFFE's Workload API: certificates, with keys made here as the API has it, for the processes of this machine. Each message is
/// all there is; the next one comes at half of a certificate's life, or when the roots change.
/// </summary>
/// <param name="authenticator">Knows callers by their Unix socket.</param>
/// <param name="stopping">Ends the streams when the program does.</param>
internal sealed class WorkloadApiService(
    CertificateAuthority authority,
    ICallerAuthenticator authenticator,
    AuthorityStatistics statistics,
    TimeProvider time,
    ILogger log,
    CancellationToken stopping) : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase
{
    private const string SecurityHeader = "workload.spiffe.io";

    public override async Task FetchX509SVID(
        X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context)
    {
        var credentials = Demand(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        while (!ending.IsCancellationRequested)
        {
            // Asked anew each time: an identity that was taken away is not renewed.
            var caller = await AuthenticateAsync(credentials, ending.Token);
            var anchors = authority.Current.Anchors;
            var response = new X509SVIDResponse();
            var keys = new List<byte[]>();
            var renewal = DateTimeOffset.MaxValue;
            foreach (var identity in caller.Identities)
            {
                var (svid, key, half) = Issue(identity, credentials, caller);
                response.Svids.Add(svid);
                keys.Add(key);
                renewal = half < renewal ? half : renewal;
            }

            await responseStream.WriteAsync(response, ending.Token);
            keys.ForEach(key => CryptographicOperations.ZeroMemory(key));
            await WaitAsync(anchors, renewal, ending.Token);
        }
    }

    public override async Task FetchX509Bundles(
        X509BundlesRequest request, IServerStreamWriter<X509BundlesResponse> responseStream, ServerCallContext context)
    {
        var credentials = Demand(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        while (!ending.IsCancellationRequested)
        {
            _ = await AuthenticateAsync(credentials, ending.Token);
            var anchors = authority.Current.Anchors;
            var response = new X509BundlesResponse();
            response.Bundles.Add(SpiffeId.Prefix + authority.TrustDomain.Name, ByteString.CopyFrom(anchors.Der.AsSpan()));
            await responseStream.WriteAsync(response, ending.Token);
            await WaitAsync(anchors, DateTimeOffset.MaxValue, ending.Token);
        }
    }

    private static CallerCredentials Demand(ServerCallContext context)
    {
        // Keeps a request away that somebody was talked into sending here (server-side request forgery): the specification demands it.
        if (context.RequestHeaders.GetValue(SecurityHeader) != "true")
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, $"the header '{SecurityHeader}: true' is missing"));
        }

        return CallerCredentials.Of(context.GetHttpContext());
    }

    private async ValueTask<Caller> AuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        var caller = await authenticator.AuthenticateAsync(credentials, cancellation);
        if (!caller.IsRefused && !caller.Identities.IsEmpty)
        {
            return caller;
        }

        statistics.CountRefused(RefusalReason.Unauthenticated);
        AuthorityLog.Refused(log, credentials.ToString(), RefusalReason.Unauthenticated, caller.Refusal ?? $"{caller.Description} has no identity of its own");

        // Clients come back with this status, as the specification wants it: the rule may be on its way.
        throw new RpcException(new Grpc.Core.Status(StatusCode.PermissionDenied, "no identity issued"));
    }

    private (X509SVID Svid, byte[] Key, DateTimeOffset Half) Issue(SpiffeId identity, CallerCredentials credentials, Caller caller)
    {
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var issued = authority.Issue(new PublicKey(key), identity, TimeSpan.Zero);
            var exported = key.ExportPkcs8PrivateKey();
            statistics.CountIssued();
            AuthorityLog.Issued(log, identity.Text, issued.Validity.NotAfter, $"{credentials}, {caller.Description}");
            var svid = new X509SVID
            {
                SpiffeId = identity.Text,
                X509Svid = ByteString.CopyFrom(issued.DerChain),
                X509SvidKey = UnsafeByteOperations.UnsafeWrap(exported),
                Bundle = ByteString.CopyFrom(issued.Authority.Anchors.Der.AsSpan()),
            };
            return (svid, exported, issued.Validity.Half);
        }
        catch (AuthorityException failure)
        {
            statistics.CountRefused(RefusalReason.Failed);
            AuthorityLog.Refused(log, credentials.ToString(), RefusalReason.Failed, failure.Message);
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "the authority cannot sign at the moment"));
        }
    }

    private async Task WaitAsync(TrustAnchors anchors, DateTimeOffset until, CancellationToken cancellation)
    {
        var wait = until == DateTimeOffset.MaxValue ? Timeout.InfiniteTimeSpan : until - time.GetUtcNow();
        if (wait <= TimeSpan.Zero && wait != Timeout.InfiniteTimeSpan)
        {
            // Half of what is left may have passed where the signer itself is about to end.
            wait = TimeSpan.FromSeconds(1);
        }

        try
        {
            await anchors.Superseded.WaitAsync(wait, time, cancellation);
        }
        catch (TimeoutException)
        {
            // The next one is due.
        }
    }
}
