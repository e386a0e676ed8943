using System.Text;

namespace Intercept.Linux.OpenSsl;

/// <summary>An X509 that OpenSSL or a <see cref="CertificateList"/> owns: valid only while its owner is.</summary>
public readonly unsafe ref struct Certificate
{
    private const int SubjectAltName = 85;
    private const int UriType = 6;
    private const int RsaKey = 6;
    private const int RsaPssKey = 912;
    private const int EllipticCurveKey = 408;
    private const int Ed25519Key = 1087;
    private const int Ed448Key = 1088;

    // NIST SP 800-57: 112 bits of security is the floor, and no curve below P-256 is in use.
    private const int MinimumRsaBits = 2048;
    private const int MinimumCurveBits = 256;

    // EXFLAG_CA: what basicConstraints says, whatever keyUsage says.
    private const uint AuthorityFlag = 0x10;

    // keyCertSign and cRLSign; all bits are set where the certificate does not limit its use.
    private const uint SigningUse = 0x4 | 0x2;
    private const uint UnlimitedUse = uint.MaxValue;

    private static readonly nint _sha256 = LibCrypto.EVP_MD_fetch(0, "SHA256", 0);

    private readonly nint _pointer;

    internal Certificate(nint pointer) => _pointer = pointer;

    public bool Exists => _pointer != 0;

    internal nint Pointer => _pointer;

    /// <summary>False for RSA below 2048 bits, a curve below 256, and kinds of key that no mesh issues.</summary>
    public bool HasStrongKey
    {
        get
        {
            var key = LibCrypto.X509_get0_pubkey(_pointer);
            if (key == 0)
            {
                LibCrypto.ERR_clear_error();
                return false;
            }

            return LibCrypto.EVP_PKEY_get_base_id(key) switch
            {
                RsaKey or RsaPssKey => LibCrypto.EVP_PKEY_get_bits(key) >= MinimumRsaBits,
                EllipticCurveKey => LibCrypto.EVP_PKEY_get_bits(key) >= MinimumCurveBits,
                Ed25519Key or Ed448Key => true,
                _ => false,
            };
        }
    }

    /// <summary>True for the certificate of an authority, and for one whose key may sign certificates or revocations.</summary>
    public bool MaySign =>
        (LibCrypto.X509_get_extension_flags(_pointer) & AuthorityFlag) != 0
        || (LibCrypto.X509_get_key_usage(_pointer) is var use && use != UnlimitedUse && (use & SigningUse) != 0);

    /// <summary>Time until it becomes valid; negative when it is.</summary>
    public TimeSpan UntilValid => Until(LibCrypto.X509_get0_notBefore(_pointer));

    /// <summary>Time until it expires; negative when it has.</summary>
    public TimeSpan UntilExpiry => Until(LibCrypto.X509_get0_notAfter(_pointer));

    /// <summary>Lower-case hexadecimal.</summary>
    public string SerialNumber
    {
        get
        {
            var number = LibCrypto.X509_get0_serialNumber(_pointer);
            return Convert.ToHexStringLower(new ReadOnlySpan<byte>(LibCrypto.ASN1_STRING_get0_data(number), LibCrypto.ASN1_STRING_length(number)));
        }
    }

    public CertificateHash Hash()
    {
        CertificateHash hash = default;
        uint length;
        return LibCrypto.X509_digest(_pointer, _sha256, (byte*)&hash, &length) == 1
            ? hash
            : throw new InvalidOperationException($"X509_digest: {OpenSslError.Take().Text}");
    }

    /// <summary>The URI subject alternative names, in order.</summary>
    public string[] UriNames()
    {
        var names = LibCrypto.X509_get_ext_d2i(_pointer, SubjectAltName, null, null);
        if (names == 0)
        {
            return [];
        }

        var found = new List<string>(1);
        for (var index = 0; index < LibCrypto.OPENSSL_sk_num(names); index++)
        {
            // struct GENERAL_NAME { int type; union { ASN1_STRING *uri; ... } d; }
            var name = (nint*)LibCrypto.OPENSSL_sk_value(names, index);
            if (*(int*)name == UriType)
            {
                var length = LibCrypto.ASN1_STRING_length(name[1]);
                found.Add(Encoding.Latin1.GetString(LibCrypto.ASN1_STRING_get0_data(name[1]), length));
            }
        }

        LibCrypto.GENERAL_NAMES_free(names);
        return [.. found];
    }

    private static TimeSpan Until(nint time)
    {
        int days;
        int seconds;
        return LibCrypto.ASN1_TIME_diff(&days, &seconds, 0, time) == 1
            ? new TimeSpan(days, 0, 0, seconds)
            : TimeSpan.MinValue;
    }
}
