using System.Net.Security;
using Intercept.Tests.Netns.Proxy.World;
using Mono.Unix.Native;

namespace Intercept.Tests.Netns.Proxy;

/// <summary>New configurations and new certificates while connections live.</summary>
public sealed class ReloadTests : ProxyTest
{
    private const string Client = "spiffe://cluster.local/ns/test/sa/client";

    [Fact]
    public async Task A_bad_configuration_is_refused_whole_and_the_one_before_it_serves_on()
    {
        await Proxy.StartAsync(Two("echo"));
        using var kept = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("one", await Peer.AskAsync(kept.GetStream(), "one"));

        await File.WriteAllTextAsync(Proxy.ConfigPath, Two("echo").Replace("connect_timeout: 5s", "connect_timeout: soon", StringComparison.Ordinal));
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("configuration refused") > 0, () => Proxy.Log);

        Assert.Contains("connect_timeout 'soon'", Proxy.Log, StringComparison.Ordinal);
        Assert.Equal("two", await Peer.AskAsync(kept.GetStream(), "two"));
        using var fresh = await Peer.ConnectAsync(Proxy.Port);
        Assert.Equal("three", await Peer.AskAsync(fresh.GetStream(), "three"));
    }

    [Fact]
    public async Task Connections_that_a_change_does_not_concern_live_on_and_those_of_a_removed_listener_end()
    {
        await Proxy.StartAsync(Two("echo"));
        using var first = await Peer.ConnectAsync(Proxy.Ports[0]);
        using var second = await Peer.ConnectAsync(Proxy.Ports[1]);
        Assert.Equal("one", await Peer.AskAsync(first.GetStream(), "one"));
        Assert.Equal("two", await Peer.AskAsync(second.GetStream(), "two"));

        await Proxy.ReconfigureAsync(Bootstrap.Of([Plain("first", "echo")], [Bootstrap.Cluster("echo", Echo.Port)]));

        Assert.Equal("reset", await Peer.EndOfAsync(second.GetStream()));
        await Proxy.LineAsync("configuration_removed");
        Assert.Equal("three", await Peer.AskAsync(first.GetStream(), "three"));
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => Peer.ConnectAsync(Proxy.Ports[1]));
    }

    [Fact]
    public async Task SIGHUP_reads_the_configuration_again()
    {
        await Proxy.StartAsync(Two("echo"));
        Proxy.Signal(Signum.SIGHUP);
        await RunningProxy.EventuallyAsync(() => Proxy.Occurrences("is in effect") == 1, () => Proxy.Log);
    }

    [Fact]
    public async Task A_new_certificate_serves_new_connections_and_drops_no_old_one()
    {
        await StartStrictAsync();
        using var old = await Peer.ConnectAsync(Proxy.Port);
        await using var oldTls = await Peer.SecureAsync(old, Proxy.Authority.Issue(Client));
        Assert.Equal("one", await Peer.AskAsync(oldTls, "one"));

        Proxy.Files.Rotate(Proxy.Authority.Issue("spiffe://cluster.local/ns/test/sa/renewed"));
        await RunningProxy.EventuallyAsync(() => Proxy.Log.Contains("sa/renewed until", StringComparison.Ordinal), () => Proxy.Log);

        Assert.Equal("two", await Peer.AskAsync(oldTls, "two"));
        Assert.NotEqual(SerialOf(oldTls), await ServedSerialAsync());
    }

    [Fact]
    public async Task A_key_that_does_not_match_changes_nothing_until_it_does()
    {
        await StartStrictAsync();
        var before = await ServedSerialAsync();
        var next = Proxy.Authority.Issue("spiffe://cluster.local/ns/test/sa/renewed");

        CertificateFolder.Put(Proxy.Files.Chain, next.Chain);
        await RunningProxy.EventuallyAsync(() => Proxy.Log.Contains("does not belong to the certificate", StringComparison.Ordinal), () => Proxy.Log);
        Assert.Equal(before, await ServedSerialAsync());

        CertificateFolder.Put(Proxy.Files.Key, next.Key);
        await RunningProxy.EventuallyAsync(() => Proxy.Log.Contains("sa/renewed until", StringComparison.Ordinal), () => Proxy.Log);
        Assert.NotEqual(before, await ServedSerialAsync());
    }

    [Fact]
    public async Task A_connection_that_waits_while_the_configuration_changes_is_served_by_the_new_one()
    {
        await StartStrictAsync();
        using var waiting = await Peer.ConnectAsync(Proxy.Port);
        await RunningProxy.EventuallyAsync(() => waiting.Connected, () => "not connected");

        // The same demands under other files: another TLS context, and the one that the connection chose is gone.
        var renewed = new CertificateFolder(Path.Combine(Proxy.Folder, "renewed"), Proxy.Authority, "spiffe://cluster.local/ns/test/sa/renewed");
        await Proxy.ReconfigureAsync((await File.ReadAllTextAsync(Proxy.ConfigPath))
            .Replace(Proxy.Files.Chain, renewed.Chain, StringComparison.Ordinal).Replace(Proxy.Files.Key, renewed.Key, StringComparison.Ordinal));

        await using var tls = await Peer.SecureAsync(waiting, Proxy.Authority.Issue(Client));
        Assert.Equal("hello", await Peer.AskAsync(tls, "hello"));
        waiting.Close();
        Assert.Equal(
            "spiffe://cluster.local/ns/test/sa/renewed",
            (await Proxy.LineAsync(line => line.GetProperty("bytes_sent").GetInt64() == 5)).GetProperty("destination.principal").GetString());
    }

    private static string SerialOf(SslStream tls) => tls.RemoteCertificate!.GetSerialNumberString();

    private async Task<string> ServedSerialAsync()
    {
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await using var tls = await Peer.SecureAsync(client, Proxy.Authority.Issue(Client));
        Assert.Equal("hello", await Peer.AskAsync(tls, "hello"));
        return SerialOf(tls);
    }

    private Task StartStrictAsync() =>
        Proxy.StartAsync(Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("strict", "app", Bootstrap.DownstreamTls(Proxy.Files))])],
            [Bootstrap.Cluster("app", Echo.Port)]));

    private string Two(string cluster) => Bootstrap.Of([Plain("first", cluster), Plain("second", cluster)], [Bootstrap.Cluster(cluster, Echo.Port)]);

    private static string Plain(string name, string cluster) => Bootstrap.Listener(name, [Bootstrap.Chain(name, cluster)]);
}
