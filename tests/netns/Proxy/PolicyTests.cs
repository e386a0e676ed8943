using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Proxy;

public sealed class PolicyTests : ProxyTest
{
    private const string Client = "spiffe://cluster.local/ns/test/sa/client";
    private const string Guest = "spiffe://cluster.local/ns/test/sa/guest";

    [Fact]
    public async Task Denies_whom_a_policy_denies_and_names_it()
    {
        await Proxy.StartAsync(WithPolicy(Bootstrap.Rbac("DENY", "guests-stay-out", Guest)));
        Assert.Equal("hello", await AskAsync(Client));
        Assert.Equal("", await AskAsync(Guest));
        var line = await Proxy.LineAsync("policy_denied");
        Assert.Equal("guests-stay-out", line.GetProperty("rbac_policy").GetString());
        Assert.Equal("policy", line.GetProperty("blame").GetString());
        Assert.Equal(Guest, line.GetProperty("source.principal").GetString());
        Assert.Equal(1, Echo.Accepted);
    }

    [Fact]
    public async Task Denies_whom_no_allow_policy_names()
    {
        await Proxy.StartAsync(WithPolicy(Bootstrap.Rbac("ALLOW", "client-may-call", Client)));
        Assert.Equal("hello", await AskAsync(Client));
        Assert.Equal("", await AskAsync(Guest));
        await Proxy.LineAsync("policy_denied");
        Assert.Equal(1, Echo.Accepted);
    }

    [Fact]
    public async Task A_change_of_policy_closes_the_live_connections_that_it_no_longer_allows_and_no_others()
    {
        await Proxy.StartAsync(WithPolicy(""));
        using var client = await Peer.ConnectAsync(Proxy.Port);
        await using var clientTls = await Peer.SecureAsync(client, Proxy.Authority.Issue(Client));
        using var guest = await Peer.ConnectAsync(Proxy.Port);
        await using var guestTls = await Peer.SecureAsync(guest, Proxy.Authority.Issue(Guest));
        Assert.Equal("one", await Peer.AskAsync(clientTls, "one"));
        Assert.Equal("two", await Peer.AskAsync(guestTls, "two"));

        await Proxy.ReconfigureAsync(WithPolicy(Bootstrap.Rbac("DENY", "guests-stay-out", Guest)));

        Assert.Equal("reset", await Peer.EndOfAsync(guestTls));
        var line = await Proxy.LineAsync("policy_changed");
        Assert.Equal("guests-stay-out", line.GetProperty("rbac_policy").GetString());
        Assert.Equal("three", await Peer.AskAsync(clientTls, "three"));
    }

    private string WithPolicy(string rbac) =>
        Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("strict", "app", Bootstrap.DownstreamTls(Proxy.Files), rbac)])],
            [Bootstrap.Cluster("app", Echo.Port)]);

    private async Task<string> AskAsync(string identity)
    {
        using var client = await Peer.ConnectAsync(Proxy.Port);
        try
        {
            await using var tls = await Peer.SecureAsync(client, Proxy.Authority.Issue(identity));
            return await Peer.AskAsync(tls, "hello");
        }
        catch (IOException)
        {
            // Denied while the handshake's last message was on its way.
            return "";
        }
    }
}
