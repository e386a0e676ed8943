namespace Intercept.Linux.OpenSsl;

/// <summary>Certificates read from one PEM text: a chain, leaf first, or a trust bundle.</summary>
public sealed class CertificateList : IDisposable
{
    private readonly List<nint> _certificates;

    private CertificateList(List<nint> certificates) => _certificates = certificates;

    public int Count => _certificates.Count;

    public Certificate this[int index] => new(_certificates[index]);

    /// <param name="pem">The whole file.</param>
    /// <param name="failure">Why a block, or the text, could not be read.</param>
    /// <returns>Null when there is no certificate or one of them is broken.</returns>
    public static CertificateList? TryParse(ReadOnlySpan<byte> pem, out OpenSslError failure)
    {
        var list = new CertificateList(PemReader.Certificates(pem, out failure));
        if (failure.Reason == 0 && list.Count > 0)
        {
            return list;
        }

        list.Dispose();
        return null;
    }

    public void Dispose()
    {
        foreach (var certificate in _certificates)
        {
            LibCrypto.X509_free(certificate);
        }

        _certificates.Clear();
    }
}
