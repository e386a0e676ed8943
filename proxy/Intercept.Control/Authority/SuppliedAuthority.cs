using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Linux;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>
/// An authority that somebody else made, in the layout of Istio's secret `cacerts`. Read again when a file changes; what cannot be
/// used leaves the last good one in force.
/// </summary>
internal sealed class SuppliedAuthority : IAuthoritySource
{
    private const string CertificateName = "ca-cert.pem";
    private const string KeyName = "ca-key.pem";
    private const string RootsName = "root-cert.pem";
    private const string ChainName = "cert-chain.pem";

    private const UnixFileMode AnyoneElse = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private (FileStamp, FileStamp, FileStamp, FileStamp) _stamps;
    private volatile AuthoritySnapshot _current;

    private SuppliedAuthority(string folder, TimeProvider time, ILogger log)
    {
        _folder = folder;
        _time = time;
        _log = log;
        _stamps = Stamps();
        _current = Read(null);
    }

    public AuthoritySnapshot Current => _current;

    public static SuppliedAuthority Open(string folder, TimeProvider time, ILogger log) => new(folder, time, log);

    // Whoever supplies roots decides when one may go.
    public AuthoritySnapshot IssuerUntil(DateTimeOffset notAfter) => _current;

    public void Check()
    {
        var stamps = Stamps();
        if (stamps == _stamps)
        {
            return;
        }

        // Files that are copied one by one do not fit together for a while: they are looked at again when the next one has changed.
        _stamps = stamps;
        var before = _current.Anchors;
        try
        {
            _current = Read(_current);
        }
        catch (AuthorityException failure)
        {
            AuthorityLog.SuppliedRefused(_log, failure.Message);
            return;
        }

        AuthorityLog.SuppliedRead(_log, _folder, _current.Issuer.Validity.NotAfter);
        if (!ReferenceEquals(before, _current.Anchors))
        {
            before.Supersede();
        }
    }

    private static string Text(string path, bool isSecret)
    {
        try
        {
            // Kubernetes mounts secrets for a group where the pod has an fsGroup, so a group may read.
            if (isSecret && File.GetUnixFileMode(path) is var mode && (mode & AnyoneElse) != 0)
            {
                throw new AuthorityException($"{path} may be read by anybody (mode {Convert.ToString((int)mode, 8)}), so the mesh's key is no secret: "
                    + $"chmod 600 {path}, or defaultMode: 0440 for the volume of a Kubernetes secret");
            }

            return File.ReadAllText(path, Encoding.ASCII);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{path} cannot be read: {failure.Message}");
        }
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(Text(path, isSecret: false));
        }
        catch (CryptographicException)
        {
            throw new AuthorityException($"{path} holds something that is no certificate in PEM");
        }

        return found;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "They live as long as somebody holds the snapshot.")]
    private AuthoritySnapshot Read(AuthoritySnapshot? before)
    {
        var certificatePath = At(CertificateName);
        var signer = Certificates(certificatePath).FirstOrDefault() ?? throw new AuthorityException($"{certificatePath} holds no certificate");
        var roots = Certificates(At(RootsName));
        if (roots.Count == 0)
        {
            throw new AuthorityException($"{At(RootsName)} holds no certificate: it is what everybody in the mesh trusts");
        }

        var between = File.Exists(At(ChainName)) ? Certificates(At(ChainName)) : [];
        var key = SigningKey.Read(Text(At(KeyName), isSecret: true), At(KeyName));
        if (!key.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(signer.PublicKey.ExportSubjectPublicKeyInfo()))
        {
            throw new AuthorityException($"{At(KeyName)} is not the key of {certificatePath}");
        }

        var chain = ChainOf(signer, between, roots, certificatePath);
        return new AuthoritySnapshot(
            new Issuer(signer, key), [.. chain], TrustAnchors.Following(before?.Anchors, roots, chain), DateTimeOffset.MaxValue);
    }

    private List<X509Certificate2> ChainOf(
        X509Certificate2 signer, X509Certificate2Collection between, X509Certificate2Collection roots, string path)
    {
        if (signer.Extensions.OfType<X509BasicConstraintsExtension>().SingleOrDefault() is not { CertificateAuthority: true }
            || signer.Extensions.OfType<X509KeyUsageExtension>().SingleOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            throw new AuthorityException($"{path} may not sign certificates: basicConstraints must say CA, keyUsage keyCertSign");
        }

        using var chain = ChainPolicy.NewChain(roots, between, _time.GetUtcNow(), purpose: null);
        if (!chain.Build(signer))
        {
            throw new AuthorityException($"{path} does not lead to {At(RootsName)}: {ChainPolicy.Describe(chain)}");
        }

        // Everybody has the root; sending it would only cost.
        return [.. chain.ChainElements.Select(element => element.Certificate).SkipLast(1)];
    }

    private string At(string name) => Path.Combine(_folder, name);

    private (FileStamp, FileStamp, FileStamp, FileStamp) Stamps() =>
        (FileStamp.Of(At(CertificateName)), FileStamp.Of(At(KeyName)), FileStamp.Of(At(RootsName)), FileStamp.Of(At(ChainName)));
}
