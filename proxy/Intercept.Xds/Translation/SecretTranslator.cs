using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Intercept.Mesh.Tls;
using MeshSecret = Intercept.Mesh.Tls.Secret;
using SecretProto = Envoy.Extensions.TransportSockets.Tls.V3.Secret;

namespace Intercept.Xds.Translation;

/// <summary>envoy.extensions.transport_sockets.tls.v3.Secret: a certificate with its key, or the trust to verify peers with, as PEM in the message.</summary>
internal sealed class SecretTranslator(TranslationScope scope)
{
    /// <returns>Null when it cannot be used; reported.</returns>
    public MeshSecret? Translate(SecretProto secret, string origin, string path)
    {
        switch (secret.TypeCase)
        {
            case SecretProto.TypeOneofCase.TlsCertificate:
                return ToCertificate(secret, origin, $"{path}.tls_certificate");
            case SecretProto.TypeOneofCase.ValidationContext:
                return ToTrust(secret, origin, $"{path}.validation_context");
            default:
                scope.Missing($"{path}.tls_certificate", "tls_certificate or validation_context");
                return null;
        }
    }

    private MeshSecret? ToCertificate(SecretProto secret, string origin, string path)
    {
        var chain = ToInline(secret.TlsCertificate.CertificateChain, $"{path}.certificate_chain");
        var key = ToInline(secret.TlsCertificate.PrivateKey, $"{path}.private_key");
        if (chain is null || key is null)
        {
            return null;
        }

        try
        {
            using var leaf = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(chain));
            if (!IsKeyOf(leaf, key))
            {
                scope.Report($"{path}.private_key", null, "is not the key of the certificate", "the key in PEM, not encrypted");
                return null;
            }

            return new MeshSecret
            {
                Name = secret.Name,
                Origin = origin,
                CertificateChain = chain,
                PrivateKey = WipedKey.Move(key),
                NotBefore = new DateTimeOffset(leaf.NotBefore).ToUniversalTime(),
                NotAfter = new DateTimeOffset(leaf.NotAfter).ToUniversalTime(),
            };
        }
        catch (CryptographicException)
        {
            scope.Report($"{path}.certificate_chain", null, "is not a certificate", "certificates in PEM, leaf first");
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private MeshSecret? ToTrust(SecretProto secret, string origin, string path)
    {
        var validation = secret.ValidationContext;
        if (validation.MatchTypedSubjectAltNames.Count > 0 || validation.MatchSubjectAltNames.Count > 0)
        {
            // They would bind every context that names the secret, and those have matchers of their own.
            scope.Report($"{path}.match_typed_subject_alt_names", null, "is not supported in a secret", "matchers in the default_validation_context");
        }

        if (ToInline(validation.TrustedCa, $"{path}.trusted_ca") is not { } bundle)
        {
            return null;
        }

        if (!IsBundle(bundle))
        {
            scope.Report($"{path}.trusted_ca", null, "has no certificate", "certificates in PEM");
            return null;
        }

        return new MeshSecret
        {
            Name = secret.Name,
            Origin = origin,
            TrustBundles = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(MeshSecret.OwnTrustDomain, bundle),
        };
    }

    private byte[]? ToInline(DataSource? source, string path)
    {
        var bytes = source?.SpecifierCase switch
        {
            DataSource.SpecifierOneofCase.InlineBytes => source.InlineBytes,
            DataSource.SpecifierOneofCase.InlineString => ByteString.CopyFromUtf8(source.InlineString),
            _ => null,
        };
        if (bytes is { IsEmpty: false })
        {
            return bytes.ToByteArray();
        }

        scope.Report(path, null, "does not hold the PEM text itself", "inline_bytes or inline_string");
        return null;
    }

    private static bool IsBundle(byte[] bundle)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.UTF8.GetString(bundle));
            var count = certificates.Count;
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }

            return count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsKeyOf(X509Certificate2 leaf, byte[] key)
    {
        var text = Encoding.UTF8.GetChars(key);
        try
        {
            using var ecdsa = ECDsa.Create();
            using var rsa = RSA.Create();
            if (leaf.GetECDsaPublicKey() is { } curve)
            {
                using (curve)
                {
                    ecdsa.ImportFromPem(text);
                    return curve.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(ecdsa.ExportSubjectPublicKeyInfo());
                }
            }

            using var modulus = leaf.GetRSAPublicKey();
            rsa.ImportFromPem(text);
            return modulus?.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(rsa.ExportSubjectPublicKeyInfo()) ?? false;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
        finally
        {
            Array.Clear(text);
        }
    }
}
