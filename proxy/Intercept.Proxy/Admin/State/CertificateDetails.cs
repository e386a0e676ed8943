using System.Collections.Immutable;

namespace Intercept.Proxy.Admin.State;

/// <summary>One certificate of a file.</summary>
/// <param name="SerialNumber">Lower-case hexadecimal, as OpenSSL and Envoy print it.</param>
/// <param name="UriNames">Its URI subject alternative names; the SPIFFE ID is the only one of a good leaf.</param>
internal sealed record CertificateDetails(
    string Path, string SerialNumber, ImmutableArray<string> UriNames, DateTimeOffset ValidFrom, DateTimeOffset ValidUntil);
