using System.Collections.Immutable;

namespace Intercept.Mesh.Tls;

/// <summary>envoy tls_params and ALPN. The default is TLS 1.3 alone.</summary>
public sealed record TlsParameters
{
    public required TlsVersion Minimum { get; init; }

    public required TlsVersion Maximum { get; init; }

    /// <summary>OpenSSL names; TLS 1.3 suites (TLS_...) and 1.2 suites may be mixed. Empty is OpenSSL's default.</summary>
    public required ImmutableArray<string> CipherSuites { get; init; }

    public required ImmutableArray<string> AlpnProtocols { get; init; }

    public bool Equals(TlsParameters? other) =>
        other is not null && Minimum == other.Minimum && Maximum == other.Maximum && CipherSuites.SameAs(other.CipherSuites)
        && AlpnProtocols.SameAs(other.AlpnProtocols);

    public override int GetHashCode() => HashCode.Combine(Minimum, Maximum, CipherSuites.Length, AlpnProtocols.Length);
}
