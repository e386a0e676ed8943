using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

public sealed class SigningRequestTests
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";

    private static ReadOnlySpan<byte> EcdsaWithSha256 => [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

    public static TheoryData<string, string> Good => new()
    {
        { "P-256, as ztunnel sends it", Requests.Good(Web) },
        { "without names, for who holds one identity", Requests.Good() },
        { "P-384", Requests.With(ECDsa.Create(ECCurve.NamedCurves.nistP384), HashAlgorithmName.SHA384, Requests.Uris(Web)) },
        { "RSA 2048, as Istio's agent sends it", Requests.With(RSA.Create(2048), HashAlgorithmName.SHA256, Requests.Uris(Web)) },
        { "with blank lines around it", "\n" + Requests.Good(Web) + "\r\n\n" },
        { "asking for what is ours to decide", Requests.With(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256,
            [new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true), new X509BasicConstraintsExtension(false, false, 0, true), .. Requests.Uris(Web)]) },
    };

    public static TheoryData<string, string, string> Bad => new()
    {
        { "nothing", "", "is not one PEM block" },
        { "no PEM", "give me a certificate", "is not one PEM block" },
        { "a certificate", Requests.Good(Web).Replace("CERTIFICATE REQUEST", "CERTIFICATE", StringComparison.Ordinal), "is not one PEM block" },
        { "two of them", Requests.Good(Web) + "\n" + Requests.Good(Web), "is not one PEM block" },
        { "text before", "hello " + Requests.Good(Web), "is not one PEM block" },
        { "text behind", Requests.Good(Web) + "\nhello", "is not one PEM block" },
        { "far too long", Requests.Good(Web) + new string('\n', 9000), "allowed: 8192" },
        { "no DER", "-----BEGIN CERTIFICATE REQUEST-----\naGVsbG8=\n-----END CERTIFICATE REQUEST-----", "is malformed" },
        { "bytes behind its end", Requests.Changed(Requests.Good(Web), _ => { }, extraBytes: 1), "has bytes behind its end" },
        { "cut short", Requests.Changed(Requests.Good(Web), _ => { }, extraBytes: -3), "is malformed" },
        { "another key than the one that signed", Requests.Changed(Requests.Good(Web), der => SwapKey(der)), "is malformed, or not signed with its own key" },
        { "a broken signature", Requests.Changed(Requests.Good(Web), der => der[^1] ^= 1), "is malformed, or not signed with its own key" },
        { "SHA-224", Requests.Changed(Requests.Good(Web), der => der[der.AsSpan().IndexOf(EcdsaWithSha256) + 7] = 1), "is signed by 1.2.840.10045.4.3.1" },
        { "P-521", Requests.With(ECDsa.Create(ECCurve.NamedCurves.nistP521), HashAlgorithmName.SHA512), "has a key on another curve" },
        { "brainpool", Requests.With(ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1), HashAlgorithmName.SHA256), "has a key on another curve" },
        { "RSA 1024", Requests.With(RSA.Create(1024), HashAlgorithmName.SHA256), "has an RSA key of 1024 bits" },
        { "a host name", Requests.With(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256, Requests.HostName("istiod")), "that is no URI" },
        { "two identities", Requests.Good(Web, "spiffe://cluster.local/ns/shop/sa/db"), "has several subject alternative names" },
        { "another scheme", Requests.Good("https://cluster.local/ns/shop/sa/web"), "that is no workload's SPIFFE ID" },
        { "the trust domain itself", Requests.Good("spiffe://cluster.local"), "that is no workload's SPIFFE ID" },
        { "a name that climbs", Requests.Good("spiffe://cluster.local/ns/../sa/web"), "that is no workload's SPIFFE ID" },
        { "wanting to be an authority", Requests.With(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256,
            new X509BasicConstraintsExtension(true, false, 0, true)), "asks for a certificate that signs others" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Takes_a_request(string what, string pem)
    {
        Assert.True(SigningRequest.TryRead(pem, out var request, out var why), $"{what}: {why}");
        Assert.Equal(what.StartsWith("without", StringComparison.Ordinal) ? null : Web, request.Identity?.Text);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Refuses_a_request(string what, string pem, string expected)
    {
        Assert.False(SigningRequest.TryRead(pem, out var request, out var why), what);
        Assert.Null(request);
        Assert.Contains(expected, why, StringComparison.Ordinal);
    }

    // The last bytes of the point in the subject's key stand before the attributes: another point's are as good a shape.
    private static void SwapKey(byte[] der)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = other.ExportSubjectPublicKeyInfo().AsSpan()[^65..];
        var header = "\x03\x42\x00\x04"u8;
        point.CopyTo(der.AsSpan(der.AsSpan().IndexOf(header) + 3));
    }
}
