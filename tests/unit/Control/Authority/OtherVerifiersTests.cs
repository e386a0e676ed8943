using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Intercept.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>OpenSSL's and GnuTLS's own programs judge what is issued, by the clock of this machine.</summary>
public sealed partial class OtherVerifiersTests : IDisposable
{
    private static readonly string _goldens = Path.Combine(Repository.Root, "tests", "unit", "Control", "Authority", "Golden");

    private readonly ScratchFolder _scratch = new();
    private readonly AuthorityUnderTest _test;

    public OtherVerifiersTests()
    {
        _test = new AuthorityUnderTest();
        _test.Clock.Advance(DateTimeOffset.UtcNow - _test.Clock.Now);

        // What was made before the clock was set is not valid any more, and is made again.
        File.Delete(Path.Combine(_test.Options.StateFolder, OwnAuthority.StateName));
        _test.Restart();
    }

    [SkippableTheory]
    [InlineData("ecdsa", "sslserver")]
    [InlineData("ecdsa", "sslclient")]
    [InlineData("rsa", "sslserver")]
    [InlineData("rsa", "sslclient")]
    public async Task OpenSSL_takes_a_workload_for_either_side(string key, string purpose)
    {
        WriteWorkload(key);

        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync(purpose));
    }

    [SkippableFact]
    public async Task OpenSSL_takes_our_own_port_for_a_server_by_each_of_its_names()
    {
        WriteServer();

        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync("sslserver", "-verify_hostname", "istiod.istio-system.svc"));
        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync("sslserver", "-verify_ip", "127.0.0.1"));
        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync("sslserver", "-verify_ip", "::1"));
        Assert.Contains("unsuitable certificate purpose", await VerifyAsync("sslclient"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("hostname mismatch", await VerifyAsync("sslserver", "-verify_hostname", "istiod.other.svc"), StringComparison.OrdinalIgnoreCase);
    }

    [SkippableTheory]
    [InlineData("sslserver")]
    [InlineData("sslclient")]
    public async Task OpenSSL_takes_nothing_that_a_leaf_signed(string purpose)
    {
        WriteWorkload("ecdsa");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(_scratch.At("leaf.pem")));
        var request = new CertificateRequest("CN=below", key, HashAlgorithmName.SHA256);
        using var below = request.Create(
            leaf.SubjectName, X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddHours(1), [1]);
        await File.AppendAllTextAsync(_scratch.At("between.pem"), leaf.ExportCertificatePem() + "\n");
        await File.WriteAllTextAsync(_scratch.At("leaf.pem"), below.ExportCertificatePem());

        Assert.DoesNotContain("OK", await VerifyAsync(purpose), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Through_a_rotation_both_sides_of_it_are_taken_by_one_bundle()
    {
        using var before = _test.Issue();
        _test.AskForRotation();
        _test.Source.Check();
        Write(before);
        await File.WriteAllTextAsync(_scratch.At("roots.pem"), _test.Source.Current.Anchors.Pem);
        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync("sslserver"));

        _test.Clock.Advance(TimeSpan.FromHours(31));
        _test.Source.Check();
        using var after = _test.Issue();
        Assert.NotEqual(before.Authority.Chain[^1].Issuer, after.Authority.Chain[^1].Issuer);
        Write(after);
        await File.WriteAllTextAsync(_scratch.At("roots.pem"), before.Authority.Anchors.Pem + after.Authority.Anchors.Pem);
        var later = _test.Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{_scratch.At("leaf.pem")}: OK\n", await VerifyAsync("sslserver", "-attime", later));
    }

    [SkippableTheory]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task GnuTLS_takes_a_workload(string key)
    {
        WriteWorkload(key);
        await File.WriteAllTextAsync(
            _scratch.At("chain.pem"), await File.ReadAllTextAsync(_scratch.At("leaf.pem")) + await File.ReadAllTextAsync(_scratch.At("between.pem")));
        foreach (var purpose in (string[])["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        {
            var said = await RunAsync(
                "certtool", "--verify", "--load-ca-certificate", _scratch.At("roots.pem"), "--infile", _scratch.At("chain.pem"), "--verify-purpose", purpose);
            Assert.Contains("Chain verification output: Verified. The certificate is trusted.", said, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("root")]
    [InlineData("intermediate")]
    [InlineData("workload")]
    [InlineData("workload-rsa")]
    [InlineData("server")]
    public async Task What_is_issued_reads_as_its_golden_file(string what)
    {
        switch (what)
        {
            case "root":
                await File.WriteAllTextAsync(_scratch.At("leaf.pem"), _test.Source.Current.Anchors.Pem);
                break;
            case "intermediate":
                await File.WriteAllTextAsync(_scratch.At("leaf.pem"), _test.Source.Current.ChainPem[0]);
                break;
            case "server":
                WriteServer();
                break;
            default:
                WriteWorkload(what == "workload" ? "ecdsa" : "rsa");
                break;
        }

        var text = await RunAsync(
            "openssl", "x509", "-noout", "-text", "-in", _scratch.At("leaf.pem"), "-certopt", "no_validity,no_serial,no_pubkey,no_sigdump");
        var golden = Path.Combine(_goldens, what + ".golden");
        var found = Hex().Replace(text, "...");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(golden, found);
        }

        Assert.Equal(await File.ReadAllTextAsync(golden), found);
    }

    public void Dispose()
    {
        _test.Dispose();
        _scratch.Dispose();
    }

    // Key identifiers, and the random end of an authority's name.
    [GeneratedRegex("([0-9A-F]{2}:){19}[0-9A-F]{2}|(?<=intermediate |root )[0-9a-f]{8}")]
    private static partial Regex Hex();

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        Skip.IfNot(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience.WithATask);
        return await output + errors;
    }

    private Task<string> VerifyAsync(string purpose, params string[] more) => RunAsync(
        "openssl",
        [
            "verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", _scratch.At("roots.pem"), "-untrusted", _scratch.At("between.pem"),
            "-purpose", purpose, .. more, _scratch.At("leaf.pem"),
        ]);

    private void WriteWorkload(string kind)
    {
        using AsymmetricAlgorithm key = kind == "rsa" ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = _test.Authority.Issue(key is RSA rsa ? new PublicKey(rsa) : new PublicKey((ECDsa)key), AuthorityUnderTest.Web, TimeSpan.Zero);
        Write(issued);
    }

    private void WriteServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = _test.Authority.IssueServer(new PublicKey(key));
        Write(issued);
    }

    private void Write(IssuedCertificate issued)
    {
        File.WriteAllText(_scratch.At("leaf.pem"), issued.PemChain[0]);
        File.WriteAllText(_scratch.At("between.pem"), string.Concat(issued.Authority.ChainPem));
        File.WriteAllText(_scratch.At("roots.pem"), issued.Authority.Anchors.Pem);
    }
}
