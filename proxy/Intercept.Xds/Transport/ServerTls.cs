using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Transport;

/// <summary>Whom one connection trusts and what it shows, as it was when it was opened.</summary>
internal sealed class ServerTls : IDisposable
{
    private readonly X509Certificate2Collection _certificates = [];

    private ServerTls()
    {
    }

    public SslClientAuthenticationOptions Options { get; } = new();

    public bool ShowsCertificate => Options.ClientCertificateContext is not null;

    /// <returns>Null when a file or the identity cannot be used; then <paramref name="why"/> says so.</returns>
    public static ServerTls? TryLoad(string trustFile, Secret? identity, out string why)
    {
        var tls = new ServerTls();
        try
        {
            if (tls.Trust(trustFile, out why) && tls.Show(identity, out why))
            {
                return tls;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            why = $"{trustFile}: {failure.Message}";
        }

        tls.Dispose();
        return null;
    }

    public void Dispose()
    {
        foreach (var certificate in _certificates)
        {
            certificate.Dispose();
        }
    }

    private bool Trust(string file, out string why)
    {
        CertificateStores.NeedNoHome();
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(file);
        _certificates.AddRange(roots);
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // Meshes revoke by short life: their authorities publish no list.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        Options.CertificateChainPolicy = policy;
        why = roots.Count == 0 ? $"{file}: holds no certificate" : "";
        return roots.Count > 0;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The collection disposes it.")]
    private bool Show(Secret? identity, out string why)
    {
        why = "";
        if (identity is not { HasCertificate: true })
        {
            return true;
        }

        var chain = Encoding.ASCII.GetString(identity.CertificateChain.Span);
        var key = new char[identity.PrivateKey.Length];
        try
        {
            Encoding.ASCII.GetChars(identity.PrivateKey.Span, key);
            var leaf = X509Certificate2.CreateFromPem(chain, key);
            _certificates.Add(leaf);
            var issuers = new X509Certificate2Collection();
            issuers.ImportFromPem(chain);
            _certificates.AddRange(issuers);
            issuers.RemoveAt(0);
            Options.ClientCertificateContext = SslStreamCertificateContext.Create(leaf, issuers, offline: true);
            return true;
        }
        catch (CryptographicException failure)
        {
            why = $"{identity}: {failure.Message}";
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(key.AsSpan()));
        }
    }
}
