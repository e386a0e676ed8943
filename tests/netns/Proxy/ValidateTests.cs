using Intercept.Tests.Netns.Capture.World;
using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>--mode validate, as a pipeline would call it.</summary>
public sealed class ValidateTests : ProxyTest
{
    [Fact]
    public async Task A_good_configuration_ends_with_0()
    {
        var finished = await ValidateAsync(Strict());
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("OK", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_is_reported_at_once_with_its_line_and_ends_with_64()
    {
        var finished = await ValidateAsync(
            Strict().Replace("connect_timeout: 5s", "connect_timeout: soon", StringComparison.Ordinal).Replace("port_value: 0", "port_valu: 0", StringComparison.Ordinal));
        Assert.Equal(64, finished.ExitCode);
        Assert.Contains("connect_timeout 'soon'", finished.Error, StringComparison.Ordinal);
        Assert.Contains("port_valu", finished.Error, StringComparison.Ordinal);
        Assert.Matches(@"bootstrap\.yaml:\d+: ", finished.Error);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_found()
    {
        CertificateFolder.Put(Proxy.Files.Key, Proxy.Authority.Issue("spiffe://cluster.local/ns/test/sa/other").Key);
        var finished = await ValidateAsync(Strict());
        Assert.Equal(64, finished.ExitCode);
        Assert.Contains($"{Proxy.Files.Key}: tls_certificates.private_key does not belong to the certificate", finished.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_found()
    {
        Proxy.Files.Rotate(Proxy.Authority.Issue(["spiffe://cluster.local/ns/test/sa/server"], TimeSpan.FromHours(-2), TimeSpan.FromHours(-1)));
        var finished = await ValidateAsync(Strict());
        Assert.Equal(64, finished.ExitCode);
        Assert.Contains("has expired", finished.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        File.Delete(Proxy.Files.Bundle);
        var finished = await ValidateAsync(Strict());
        Assert.Equal(64, finished.ExitCode);
        Assert.Contains($"{Proxy.Files.Bundle}: validation_context.trusted_ca cannot be read", finished.Error, StringComparison.Ordinal);
    }

    private string Strict() =>
        Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("strict", "app", Bootstrap.DownstreamTls(Proxy.Files))])], [Bootstrap.Cluster("app", 80)]);

    private async Task<Finished> ValidateAsync(string bootstrap)
    {
        await File.WriteAllTextAsync(Proxy.ConfigPath, bootstrap);
        return await Programs.RunAsync(RunningProxy.Program, "--mode", "validate", "-c", Proxy.ConfigPath);
    }
}
