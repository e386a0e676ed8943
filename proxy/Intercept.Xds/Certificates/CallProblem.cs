using Grpc.Core;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Certificates;

/// <summary>What a call that failed says about the source of certificates.</summary>
internal static class CallProblem
{
    public static CertificateProblem Of(RpcException failure) => new(Reason(failure.StatusCode), CallFailure.Describe(failure));

    private static CertificateFailure Reason(StatusCode code) => code switch
    {
        StatusCode.DeadlineExceeded => CertificateFailure.TimedOut,
        StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Aborted or StatusCode.Unknown => CertificateFailure.Unreachable,
        _ => CertificateFailure.Refused,
    };
}
