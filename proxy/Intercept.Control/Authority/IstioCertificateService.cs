using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Intercept.Control.Serving.Callers;
using Istio.V1.Auth;

namespace Intercept.Control.Authority;

/// <summary>istio.v1.auth.IstioCertificateService over <see cref="Issuance"/>.</summary>
internal sealed class IstioCertificateService(Issuance issuance) : Istio.V1.Auth.IstioCertificateService.IstioCertificateServiceBase
{
    private const string ImpersonatedIdentity = "ImpersonatedIdentity";

    public override async Task<IstioCertificateResponse> CreateCertificate(IstioCertificateRequest request, ServerCallContext context)
    {
        var impersonated = request.Metadata?.Fields.TryGetValue(ImpersonatedIdentity, out var value) is true ? value : null;
        var result = await issuance.IssueAsync(
            CallerCredentials.Of(context.GetHttpContext()),
            request.Csr,
            impersonated is null ? null : impersonated.KindCase == Value.KindOneofCase.StringValue ? impersonated.StringValue : "",
            Life(request.ValidityDuration),
            context.CancellationToken);
        using var certificate = result.Certificate ?? throw new RpcException(StatusOf(result));
        var response = new IstioCertificateResponse();
        response.CertChain.AddRange(certificate.PemChain);
        return response;
    }

    // What is too long for a TimeSpan is cut to what is allowed, as all that is too long.
    private static TimeSpan Life(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue));

    // Who is refused learns nothing that it did not bring along itself.
    private static Grpc.Core.Status StatusOf(IssuanceResult result) => result.Reason switch
    {
        RefusalReason.Unauthenticated => new Grpc.Core.Status(StatusCode.Unauthenticated, "not authenticated"),
        RefusalReason.BadRequest => new Grpc.Core.Status(StatusCode.InvalidArgument, result.Why),
        RefusalReason.Failed => new Grpc.Core.Status(StatusCode.Unavailable, "the authority cannot sign at the moment"),
        _ => new Grpc.Core.Status(StatusCode.PermissionDenied, "not permitted"),
    };
}
