using Grpc.Core;

namespace Intercept.Xds.Certificates;

/// <summary>What the status of a failed call says about the source of certificates.</summary>
internal static class CallStatus
{
    // A server's words go into logs and pages; they need not be a book.
    private const int LongestDetail = 400;

    public static CertificateProblem Problem(Status status) => new(Reason(status.StatusCode), Text(status));

    public static string Text(Status status)
    {
        var detail = new string([.. status.Detail.Take(LongestDetail).Select(c => char.IsControl(c) ? ' ' : c)]);
        return detail.Length == 0 ? $"{status.StatusCode}" : $"{status.StatusCode}: {detail}";
    }

    private static CertificateFailure Reason(StatusCode code) => code switch
    {
        StatusCode.DeadlineExceeded => CertificateFailure.TimedOut,
        StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Aborted or StatusCode.Unknown => CertificateFailure.Unreachable,
        _ => CertificateFailure.Refused,
    };
}
