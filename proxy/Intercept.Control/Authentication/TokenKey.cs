using System.Security.Cryptography;
using System.Text;
using Intercept.Control.Authority;

namespace Intercept.Control.Authentication;

/// <summary>The key of join tokens: P-256, apart from every key of the authority, so that neither can stand in for the other.</summary>
internal sealed class TokenKey : IDisposable
{
    public const string FileName = "token-key.pem";

    private readonly Lock _using = new();
    private readonly ECDsa _key;

    private TokenKey(ECDsa key)
    {
        _key = key;
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8));
    }

    /// <summary>Which key a token is signed with: the start of a hash of its public half.</summary>
    public string Id { get; }

    /// <summary>Makes the key where there is none; of two who do so at once, both get the first one's.</summary>
    /// <param name="stateFolder">Made where there is none. Its lock is not needed: the key never changes.</param>
    public static TokenKey OpenOrCreate(string stateFolder)
    {
        StateFolder.Prepare(stateFolder);
        var path = Path.Combine(stateFolder, FileName);
        if (StateFolder.ReadSecret(path) is { } existing)
        {
            return Read(existing, path);
        }

        var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (StateFolder.TryCreate(path, Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem())))
        {
            return new TokenKey(made);
        }

        made.Dispose();
        return Read(StateFolder.ReadSecret(path) ?? throw new AuthorityException($"{path} came and went; start again"), path);
    }

    /// <returns>Two numbers of 32 bytes, as JWS has them.</returns>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_using)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_using)
        {
            return _key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    public void Dispose() => _key.Dispose();

    private static TokenKey Read(byte[] pem, string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Encoding.ASCII.GetString(pem));
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                return new TokenKey(key);
            }
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // Said below.
        }

        key.Dispose();
        throw new AuthorityException($"{path} holds no P-256 private key in PEM; remove it for a new one, which ends every token there is");
    }
}
