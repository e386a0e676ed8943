namespace Intercept.Control.Model.Traffic;

/// <param name="HttpStatus">Null when <paramref name="GrpcStatus"/> is given.</param>
/// <param name="GrpcStatus">The name of the code: UNAVAILABLE.</param>
/// <param name="Percentage">0 to 100.</param>
internal sealed record FaultAbort(int? HttpStatus, string? GrpcStatus, double Percentage);
