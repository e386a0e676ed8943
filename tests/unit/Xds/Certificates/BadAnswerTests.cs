using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Intercept.Xds.Certificates;
using Istio.V1.Auth;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>What a CA may answer instead of a certificate: refused by its reason, tried again, and nothing of it in the store.</summary>
public sealed class BadAnswerTests : IAsyncLifetime
{
    private const string Other = "spiffe://cluster.local/ns/shop/sa/checkout";

    private static readonly Dictionary<string, (CertificateFailure Reason, Func<IstioCaScene, IstioCertificateRequest, IEnumerable<string>> Answer)> _answers = new()
    {
        ["refused: not authenticated"] = (CertificateFailure.Refused, (_, _) => throw new RpcException(new Status(StatusCode.Unauthenticated, "no"))),
        ["refused: not allowed"] = (CertificateFailure.Refused, (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "no"))),
        ["refused: bad request"] = (CertificateFailure.Refused, (_, _) => throw new RpcException(new Status(StatusCode.InvalidArgument, "no"))),
        ["refused: not known"] = (CertificateFailure.Refused, (_, _) => throw new RpcException(new Status(StatusCode.Unimplemented, "no"))),
        ["away"] = (CertificateFailure.Unreachable, (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "no"))),
        ["a defect of the CA"] = (CertificateFailure.Unreachable, (_, _) => throw new InvalidOperationException("a defect, as a test wants it")),
        ["nothing"] = (CertificateFailure.Malformed, (_, _) => []),
        ["no roots"] = (CertificateFailure.Malformed, (scene, request) => scene.Chain(request).Take(1)),
        ["an empty last element"] = (CertificateFailure.Malformed, (scene, request) => [.. scene.Chain(request).Take(2), ""]),
        ["garbage"] = (CertificateFailure.Malformed, (_, _) => ["garbage", "garbage"]),
        ["garbage in PEM"] = (CertificateFailure.Malformed, (scene, request) => ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", .. scene.Chain(request).Skip(1)]),
        ["garbage for a root"] = (CertificateFailure.Malformed, (scene, request) => [.. scene.Chain(request).Take(2), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]),
        ["a megabyte and more"] = (CertificateFailure.Refused, (scene, request) => [.. scene.Chain(request), new string('x', 2 << 20)]),
        ["another key"] = (CertificateFailure.WrongKey, (scene, request) => Issued(scene, [IstioCaScene.Identity], -1, 60)),
        ["an RSA key"] = (CertificateFailure.WrongKey, RsaKey),
        ["another identity"] = (CertificateFailure.WrongIdentity, (scene, request) => Signed(scene, request, [Other])),
        ["another trust domain"] = (CertificateFailure.WrongIdentity, (scene, request) => Signed(scene, request, ["spiffe://example.org/ns/shop/sa/cart"])),
        ["ours and another identity"] = (CertificateFailure.WrongIdentity, (scene, request) => Signed(scene, request, [IstioCaScene.Identity, Other])),
        ["no identity"] = (CertificateFailure.WrongIdentity, (scene, request) => Signed(scene, request, [])),
        ["an authority's certificate"] = (CertificateFailure.WrongUse, (scene, request) => scene.Chain(request, csr =>
        {
            csr.CertificateExtensions.RemoveAt(0);
            csr.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        })),
        ["a certificate that signs others"] = (CertificateFailure.WrongUse, (scene, request) => scene.Chain(request, csr =>
            Replace(csr, new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true)))),
        ["a certificate that signs nothing"] = (CertificateFailure.WrongUse, (scene, request) => scene.Chain(request, csr =>
            Replace(csr, new X509KeyUsageExtension(X509KeyUsageFlags.KeyEncipherment, true)))),
        ["a certificate for servers alone"] = (CertificateFailure.WrongUse, (scene, request) => scene.Chain(request, csr =>
            Replace(csr, new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)))),
        ["an expired certificate"] = (CertificateFailure.Expired, (scene, request) => Signed(scene, request, [IstioCaScene.Identity], -60, -1)),
        ["an expired authority"] = (CertificateFailure.Expired, ExpiredAuthority),
        ["another root"] = (CertificateFailure.Untrusted, (scene, request) => [.. scene.Chain(request).Take(2), OtherRoot()]),
        ["no intermediate"] = (CertificateFailure.Untrusted, (scene, request) => [scene.Chain(request).First(), scene.Authority.RootPem]),
        ["a chain back to front"] = (CertificateFailure.WrongIdentity, (scene, request) => [scene.Authority.IntermediatePem, scene.Chain(request).First(), scene.Authority.RootPem]),
    };

    private IstioCaScene _scene = null!;

    public static TheoryData<string> Answers => new(_answers.Keys);

    public async Task InitializeAsync() => _scene = await IstioCaScene.PrepareAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Is_refused_by_name_and_the_next_good_one_taken(string name)
    {
        var (reason, answer) = _answers[name];
        _scene.Ca.Answer = (request, _) => Task.FromResult(answer(_scene, request));
        _scene.Run();
        await _scene.UntilAsync(() => !_scene.Status.Failures.IsEmpty);

        var failure = Assert.Single(_scene.Status.Failures);
        Assert.True(failure.Key == reason, $"{failure.Key}: {_scene.Status.LastError}");
        Assert.Empty(_scene.Store.All);
        await _scene.UntilAsync(() => _scene.Log.Lines.Any(line => line.Contains($"({reason.Label()})", StringComparison.Ordinal)));

        _scene.Ca.Answer = (request, _) => Task.FromResult(_scene.Chain(request));
        await _scene.AdvanceAsync(TimeSpan.FromSeconds(1));
        await _scene.UntilAsync(() => _scene.Status.Renewals == 1);
    }

    private static IEnumerable<string> Signed(IstioCaScene scene, IstioCertificateRequest request, string[] uris, int fromMinutes = -1, int toMinutes = 60)
    {
        using var leaf = scene.Authority.Sign(
            ServedCa.Read(request).PublicKey, uris, IstioCaScene.Start.AddMinutes(fromMinutes), IstioCaScene.Start.AddMinutes(toMinutes));
        return [leaf.ExportCertificatePem(), scene.Authority.IntermediatePem, scene.Authority.RootPem];
    }

    private static IEnumerable<string> Issued(IstioCaScene scene, string[] uris, int fromMinutes, int toMinutes)
    {
        var (leaf, key) = scene.Authority.Issue(uris, IstioCaScene.Start.AddMinutes(fromMinutes), IstioCaScene.Start.AddMinutes(toMinutes));
        key.Dispose();
        return [leaf.ExportCertificatePem(), scene.Authority.IntermediatePem, scene.Authority.RootPem];
    }

    private static IEnumerable<string> RsaKey(IstioCaScene scene, IstioCertificateRequest request)
    {
        using var rsa = RSA.Create(2048);
        using var leaf = scene.Authority.Sign(new PublicKey(rsa), [IstioCaScene.Identity], IstioCaScene.Start, IstioCaScene.Start.AddHours(1));
        return [leaf.ExportCertificatePem(), scene.Authority.IntermediatePem, scene.Authority.RootPem];
    }

    private static IEnumerable<string> ExpiredAuthority(IstioCaScene scene, IstioCertificateRequest request)
    {
        using var expired = new SigningAuthority(IstioCaScene.Start.AddDays(-20), "expired", TimeSpan.FromDays(19));
        using var leaf = expired.Sign(ServedCa.Read(request).PublicKey, [IstioCaScene.Identity], IstioCaScene.Start.AddDays(-2), IstioCaScene.Start.AddHours(1));
        return [leaf.ExportCertificatePem(), expired.IntermediatePem, expired.RootPem];
    }

    private static string OtherRoot()
    {
        using var other = new SigningAuthority(IstioCaScene.Start, "other");
        return other.RootPem;
    }

    private static void Replace(CertificateRequest request, X509Extension extension)
    {
        request.CertificateExtensions.Remove(request.CertificateExtensions.Single(existing => existing.Oid!.Value == extension.Oid!.Value));
        request.CertificateExtensions.Add(extension);
    }
}
