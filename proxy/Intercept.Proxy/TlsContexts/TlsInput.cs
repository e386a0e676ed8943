using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The PEM texts of one TLS context, and what they were read from, so that a change shows.</summary>
internal sealed record TlsInput
{
    public PemFile? Chain { get; private init; }

    public PemFile? Key { get; private init; }

    public PemFile? Bundle { get; private init; }

    public ImmutableDictionary<string, PemFile> Bundles { get; private init; } = ImmutableDictionary<string, PemFile>.Empty;

    public ImmutableArray<(string Path, FileStamp Stamp)> Files { get; private init; } = [];

    public ImmutableArray<(string Name, Secret? Secret)> Secrets { get; private init; } = [];

    /// <summary>The secret that has not come; null when all is there.</summary>
    public string? Missing { get; private init; }

    public static TlsInput Read(CertificateSource? certificate, TrustSource? trust, TlsMaterial material, ICollection<Problem> problems)
    {
        var input = new TlsInput();
        input = certificate switch
        {
            CertificateFiles files => input.With(files, material.Files, problems),
            SecretCertificate secret => input.With(secret, material),
            _ => input,
        };
        return trust switch
        {
            TrustFile file => input.With(file, material.Files, problems),
            SecretTrust secret => input.With(secret, material),
            _ => input,
        };
    }

    public CertificateStatus Describe(TimeProvider time) =>
        new(
            Bundle is null ? [.. Bundles.Values.SelectMany(bundle => CertificateReading.Describe(bundle, time))] : CertificateReading.Describe(Bundle, time),
            CertificateReading.Describe(Chain, time));

    private static PemFile ToFile(Secret secret, string part, ReadOnlyMemory<byte> content) =>
        new($"secret {secret.Name} ({secret.Origin}){part}", content);

    private TlsInput With(CertificateFiles files, PemFiles contents, ICollection<Problem> problems) => this with
    {
        Chain = contents.Read(files.ChainPath, "tls_certificates.certificate_chain", problems),
        Key = contents.Read(files.KeyPath, "tls_certificates.private_key", problems),
        Files = [.. Files, (files.ChainPath, contents.StampOf(files.ChainPath)), (files.KeyPath, contents.StampOf(files.KeyPath))],
    };

    private TlsInput With(TrustFile file, PemFiles contents, ICollection<Problem> problems) => this with
    {
        Bundle = contents.Read(file.Path, "validation_context.trusted_ca", problems),
        Files = [.. Files, (file.Path, contents.StampOf(file.Path))],
    };

    private TlsInput With(SecretCertificate source, TlsMaterial material)
    {
        var found = material.Find(source.Name);
        return found is { HasCertificate: true }
            ? With(source.Name, found) with { Chain = ToFile(found, "", found.CertificateChain), Key = ToFile(found, "", found.PrivateKey) }
            : With(source.Name, found) with { Missing = Missing ?? (found is null ? Absent(source.Name) : $"secret '{source.Name}' holds no certificate") };
    }

    private TlsInput With(SecretTrust source, TlsMaterial material)
    {
        var found = material.Find(source.Name);
        return found is { TrustBundles.IsEmpty: false }
            ? With(source.Name, found) with { Bundles = found.TrustBundles.ToImmutableDictionary(bundle => bundle.Key, bundle => ToFile(found, Of(bundle.Key), bundle.Value)) }
            : With(source.Name, found) with { Missing = Missing ?? (found is null ? Absent(source.Name) : $"secret '{source.Name}' holds no trust bundle") };

        static string Of(string domain) => domain.Length == 0 ? "" : $" of {domain}";
    }

    private TlsInput With(string name, Secret? secret) => this with { Secrets = Secrets.Add((name, secret)) };

    private static string Absent(string name) => $"secret '{name}' has not come yet";
}
