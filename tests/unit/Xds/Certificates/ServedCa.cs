using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Istio.V1.Auth;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>An Istio CA over real gRPC, which answers as the test says.</summary>
internal sealed class ServedCa : IstioCertificateService.IstioCertificateServiceBase, IAsyncDisposable
{
    private GrpcHost _host = null!;

    /// <summary>Gives the answer to a request; throws an RpcException to refuse.</summary>
    public Func<IstioCertificateRequest, CancellationToken, Task<IEnumerable<string>>> Answer { get; set; } =
        (_, _) => throw new RpcException(new Status(StatusCode.Unimplemented, ""));

    /// <summary>What was asked, with its headers.</summary>
    public ConcurrentQueue<(IstioCertificateRequest Request, Metadata Headers)> Asked { get; } = [];

    public string Address => _host.Address;

    /// <inheritdoc cref="GrpcHost.StartAsync"/>
    public static async Task<ServedCa> StartAsync(string url, X509Certificate2? certificate = null, Func<X509Certificate2, bool>? isWelcome = null)
    {
        var ca = new ServedCa();
        ca._host = await GrpcHost.StartAsync(url, ca, certificate, isWelcome);
        return ca;
    }

    /// <summary>A request whose signature was verified.</summary>
    public static CertificateRequest Read(IstioCertificateRequest request) => CertificateRequest.LoadSigningRequestPem(
        request.Csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);

    public override async Task<IstioCertificateResponse> CreateCertificate(IstioCertificateRequest request, ServerCallContext context)
    {
        Asked.Enqueue((request, context.RequestHeaders));
        return new IstioCertificateResponse { CertChain = { await Answer(request, context.CancellationToken) } };
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();
}
