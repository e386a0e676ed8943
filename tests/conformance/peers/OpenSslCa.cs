using CliWrap;
using CliWrap.Buffered;

namespace Intercept.Tests.Conformance.Peers;

/// <summary>A root and an authority below it that are openssl's own work, and what openssl and GnuTLS say about certificates.</summary>
internal sealed class OpenSslCa(string folder)
{
    public string RootFile => File("root.pem");

    public string AuthorityFile => File("authority.pem");

    public async Task PrepareAsync()
    {
        await OpenSslAsync($"req -x509 -newkey rsa:2048 -nodes -subj /CN=root -addext keyUsage=critical,keyCertSign,cRLSign -days 2 -keyout {File("root.key")} -out {RootFile}");
        await OpenSslAsync($"req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -subj /CN=authority -keyout {File("authority.key")} -out {File("authority.csr")}");
        await System.IO.File.WriteAllTextAsync(File("authority.ext"), "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n");
        await OpenSslAsync(
            $"x509 -req -in {File("authority.csr")} -CA {RootFile} -CAkey {File("root.key")} -days 1 -extfile {File("authority.ext")} -out {AuthorityFile}");
    }

    /// <summary>Verifies a request's own signature and signs what it asks for.</summary>
    public async Task<string> SignAsync(string csr)
    {
        await System.IO.File.WriteAllTextAsync(File("leaf.csr"), csr);
        await System.IO.File.WriteAllTextAsync(
            File("leaf.ext"), "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n");
        await OpenSslAsync($"req -in {File("leaf.csr")} -verify -noout");
        return await OpenSslAsync(
            $"x509 -req -in {File("leaf.csr")} -CA {AuthorityFile} -CAkey {File("authority.key")} -days 1 -copy_extensions copyall -extfile {File("leaf.ext")}");
    }

    public static Task<string> OpenSslAsync(string arguments) => RunAsync("openssl", arguments);

    public static Task<string> CertToolAsync(string arguments) => RunAsync("certtool", arguments);

    private string File(string name) => Path.Combine(folder, name);

    private static async Task<string> RunAsync(string tool, string arguments)
    {
        var result = await Cli.Wrap(tool).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
        Assert.True(result.ExitCode == 0, $"{tool} {arguments}: {result.StandardOutput}{result.StandardError}");
        return result.StandardOutput;
    }
}
