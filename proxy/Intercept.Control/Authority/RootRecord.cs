using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>A root as it is kept: certificates and keys in PEM.</summary>
internal sealed record RootRecord
{
    public required string Certificate { get; init; }

    /// <summary>Null once nothing more is signed with it: what is not there cannot be stolen.</summary>
    public string? Key { get; init; }

    /// <summary>What signs leaves; null before this root signs and after.</summary>
    public string? Intermediate { get; init; }

    public string? IntermediateKey { get; init; }

    /// <summary>Certificates, without keys, below which leaves may still be valid.</summary>
    public ImmutableArray<string> PastIntermediates { get; init; } = [];

    /// <summary>Nothing that this root signed is valid later. Moved on disk before a certificate is handed out that it would not cover.</summary>
    public DateTimeOffset IssuedUntil { get; init; }

    public X509Certificate2 ReadCertificate() => X509Certificate2.CreateFromPem(Certificate);

    public Validity ReadValidity() => ValidityOf(Certificate);

    public Validity? ReadIntermediateValidity() => Intermediate is { } pem ? ValidityOf(pem) : null;

    /// <summary>Signs nothing any more.</summary>
    public RootRecord Retire() => this with
    {
        Key = null,
        Intermediate = null,
        IntermediateKey = null,
        PastIntermediates = Intermediate is { } last ? PastIntermediates.Add(last) : PastIntermediates,
    };

    // The record's own would print keys.
    public override string ToString() => $"root until {IssuedUntil:u}";

    internal static Validity ValidityOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return Issuer.ValidityOf(certificate);
    }
}
