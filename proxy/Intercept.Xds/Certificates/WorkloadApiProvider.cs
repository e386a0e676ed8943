using Grpc.Core;
using Intercept.Mesh.Tls;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;
using Spiffe.Workload;

namespace Intercept.Xds.Certificates;

/// <summary>
/// Certificates and bundles from a SPIFFE Workload API. One stream brings both, each message complete: what is not in it
/// any more is not trusted any more. A stream that ends is opened again; what came by it stays in use.
/// </summary>
public sealed class WorkloadApiProvider(WorkloadApiOptions options, TimeProvider time, ILogger logger) : ICertificateProvider
{
    /// <summary>As the secrets name it.</summary>
    public const string Origin = "Workload API";

    // Thousands of federated bundles would fit.
    private const int LongestMessage = 16 << 20;

    // Whoever does not understand us will not in a second; a newer version of it may.
    private static readonly TimeSpan _afterInvalidArgument = TimeSpan.FromMinutes(5);

    private readonly ProviderJournal _journal = new($"{Origin} at {options.Address}", time, logger);
    private readonly RenewalSchedule _schedule = new(Random.Shared);
    private readonly ServerOptions _server = new() { Address = options.Address, MaxMessageBytes = LongestMessage };

    public CertificateProviderStatus Status => _journal.Status;

    public async Task RunAsync(SecretStore store, CancellationToken cancellation)
    {
        var publication = new SecretPublication(store, Origin);
        try
        {
            await Together.RunAsync(ending => ReceiveAsync(publication, ending), ending => time.WaitUntilAsync(null, publication, ending), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As told.
        }
    }

    private async Task ReceiveAsync(SecretPublication publication, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            var end = await StreamAsync(publication, cancellation);
            cancellation.ThrowIfCancellationRequested();
            failures = end.HasServed ? 1 : failures;
            var now = time.GetUtcNow();
            var pause = end.IsInvalid ? _afterInvalidArgument : _schedule.Retry(failures, publication.Expires, now);
            _journal.Failed(end.Problem, null);
            await Task.Delay(pause, time, cancellation);
        }
    }

    private async Task<StreamEnd> StreamAsync(SecretPublication publication, CancellationToken cancellation)
    {
        using var connection = ServerConnection.TryOpen(_server, shown: null, out var why);
        if (connection is null)
        {
            return new StreamEnd(new CertificateProblem(CertificateFailure.Unreachable, why), HasServed: false);
        }

        // Silence is ordinary once there was a message.
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        using var call = new SpiffeWorkloadAPI.SpiffeWorkloadAPIClient(connection.Calls).FetchX509SVID(
            new X509SVIDRequest(), new Metadata { { "workload.spiffe.io", "true" } }, cancellationToken: both.Token);
        var hasServed = false;
        try
        {
            while (await call.ResponseStream.MoveNext(both.Token))
            {
                timeout.CancelAfter(Timeout.InfiniteTimeSpan);
                hasServed |= Take(call.ResponseStream.Current, publication);
            }

            return new StreamEnd(new CertificateProblem(CertificateFailure.Unreachable, "the stream ended"), hasServed);
        }
        catch (RpcException failure)
        {
            return timeout.IsCancellationRequested
                ? new StreamEnd(new CertificateProblem(CertificateFailure.TimedOut, $"no message in {options.Timeout.TotalSeconds:0.#} s"), HasServed: false)
                : new StreamEnd(CallProblem.Of(failure), hasServed, failure.StatusCode == StatusCode.InvalidArgument);
        }
    }

    /// <returns>Whether the message was good.</returns>
    private bool Take(X509SVIDResponse message, SecretPublication publication)
    {
        var now = time.GetUtcNow();
        if (message.Svids.Count == 0)
        {
            publication.WithdrawCertificate();
            publication.WithdrawTrust(now);
            _journal.Withdrawn(Secret.DefaultName);
            return true;
        }

        if (SvidMessage.TryRead(message, options.Identity, now, out var problem) is not { } read)
        {
            _journal.Failed(problem, null);
            return false;
        }

        publication.Publish(read.Bundles, read.Certificate, now);
        _journal.Renewed(read.Certificate, null);
        return true;
    }

    private readonly record struct StreamEnd(CertificateProblem Problem, bool HasServed, bool IsInvalid = false);
}
