namespace Intercept.Control.Model.Traffic;

/// <param name="DerivedPort">FROM_PROTOCOL_DEFAULT or FROM_REQUEST_PORT; null when <paramref name="Port"/> or nothing is given.</param>
/// <param name="Code">301 unless given.</param>
internal sealed record HttpRedirect(string? Uri, string? Authority, int? Port, string? DerivedPort, string? Scheme, int Code);
