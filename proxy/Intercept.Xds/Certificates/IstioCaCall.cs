using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Intercept.Mesh.Tls;
using Intercept.Xds.Transport;
using Istio.V1.Auth;

namespace Intercept.Xds.Certificates;

/// <summary>
/// One try to get a certificate, from a new key to a checked answer. Token and trust file are read anew for each, since
/// they rotate, and a connection that is used once in hours only costs memory.
/// </summary>
internal sealed class IstioCaCall
{
    // A chain and its roots are 10 KB; with RSA and every public authority, a quarter of a megabyte.
    private const int LongestAnswer = 1 << 20;

    private readonly IstioCaOptions _options;
    private readonly TimeProvider _time;
    private readonly ServerOptions _server;
    private readonly OwnCertificate _current;

    /// <param name="current">The certificate that the next one follows; null before there is one.</param>
    public IstioCaCall(IstioCaOptions options, Func<Secret?> current, TimeProvider time)
    {
        _options = options;
        _time = time;
        _server = new ServerOptions
        {
            Address = options.Address,
            TrustFile = options.TrustPath,
            ServerName = options.ServerName,
            Identity = current,
            TokenFile = options.TokenPath,
            ClusterId = options.ClusterId,
            MaxMessageBytes = LongestAnswer,
        };
        _current = new OwnCertificate(_server, time);
    }

    /// <summary>Takes what is good in an answer.</summary>
    /// <returns>Null with the certificate and its roots in <paramref name="take"/>; else why there is none.</returns>
    public async Task<CertificateProblem?> AskAsync(Action<WorkloadCertificate, X509Certificate2Collection> take, CancellationToken cancellation)
    {
        using var key = WorkloadKey.Create();
        var request = new IstioCertificateRequest
        {
            Csr = key.CreateRequest(_options.Identity),
            ValidityDuration = (long)_options.Lifetime.TotalSeconds,
        };
        var (answer, problem) = await SendAsync(request, cancellation);
        return answer is null ? problem : Check(answer, key, take);
    }

    private async Task<(IstioCertificateResponse? Answer, CertificateProblem? Problem)> SendAsync(
        IstioCertificateRequest request, CancellationToken cancellation)
    {
        using var connection = ServerConnection.TryOpen(_server, _current.Next(), out var why);
        if (connection is null)
        {
            return (null, new CertificateProblem(CertificateFailure.TrustFile, why));
        }

        if (connection.TryReadHeaders(out why) is not { } headers)
        {
            return (null, new CertificateProblem(CertificateFailure.Token, why));
        }

        foreach (var (name, value) in _options.Headers)
        {
            headers.Add(name, value);
        }

        // Not the call's own deadline, which reads the system's clock.
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            var client = new IstioCertificateService.IstioCertificateServiceClient(connection.Calls);
            var answer = await client.CreateCertificateAsync(request, headers, cancellationToken: both.Token);
            _current.Ended(isUnanswered: false);
            return (answer, null);
        }
        catch (RpcException failure)
        {
            cancellation.ThrowIfCancellationRequested();
            _current.Ended(isUnanswered: connection.HasConnected && CallFailure.IsOfConnection(failure));
            return (null, timeout.IsCancellationRequested
                ? new CertificateProblem(CertificateFailure.TimedOut, $"no answer in {_options.Timeout.TotalSeconds:0.#} s")
                : CallProblem.Of(failure));
        }
    }

    private CertificateProblem? Check(
        IstioCertificateResponse answer, WorkloadKey key, Action<WorkloadCertificate, X509Certificate2Collection> take)
    {
        // Leaf, intermediates, and in the last element the roots, of which there may be several.
        if (answer.CertChain.Count < 2)
        {
            return new CertificateProblem(
                CertificateFailure.Malformed, $"the answer has {answer.CertChain.Count} certificate(s); expected: the chain, leaf first, and the roots last");
        }

        if (PemText.TryReadPem(string.Join('\n', answer.CertChain.SkipLast(1))) is not { } chain || PemText.TryReadPem(answer.CertChain[^1]) is not { } roots)
        {
            return new CertificateProblem(CertificateFailure.Malformed, "the answer's certificates cannot be read as PEM");
        }

        var certificate = SvidCheck.Check(chain, roots, key, _options.Identity.Text, _time.GetUtcNow(), out var problem);
        if (certificate is not null)
        {
            take(certificate, roots);
        }

        foreach (var read in chain.Concat(roots))
        {
            read.Dispose();
        }

        return certificate is null ? problem : null;
    }
}
