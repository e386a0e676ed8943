using Intercept.Control.Authentication;
using Intercept.Control.Serving.Callers;
using Intercept.Linux.Processes;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authentication;

public sealed class UnixPeerTests
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";

    [Theory]
    [InlineData("uid=1337 " + Web, 1337u, null)]
    [InlineData("uid=0,gid=7 " + Web, 0u, 7u)]
    [InlineData("  gid=7,uid=4294967294   " + Web + " ", 4294967294u, 7u)]
    public void Reads_a_rule(string text, uint user, uint? group)
    {
        Assert.True(UnixPeerRule.TryParse(text, out var rule, out var why), why);
        Assert.Equal(new UnixPeerRule(user, group, AuthorityUnderTest.Web), rule);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Web)]
    [InlineData("uid=1337")]
    [InlineData("1337 " + Web)]
    [InlineData("gid=7 " + Web)]
    [InlineData("uid=-1 " + Web)]
    [InlineData("uid=+1 " + Web)]
    [InlineData("uid=4294967296 " + Web)]
    [InlineData("uid=root " + Web)]
    [InlineData("uid=1,uid=2 " + Web)]
    [InlineData("uid=1, gid=2 " + Web)]
    [InlineData("user=1 " + Web)]
    [InlineData("uid=1337 spiffe://cluster.local")]
    [InlineData("uid=1337 https://cluster.local/ns/shop/sa/web")]
    public void Refuses_a_rule_and_says_the_form(string text)
    {
        Assert.False(UnixPeerRule.TryParse(text, out _, out var why));
        Assert.Contains("allowed: uid=NUMBER[,gid=NUMBER] spiffe://", why, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_a_file_and_names_every_bad_line()
    {
        var (rules, problems) = UnixPeerRules.Read(
            ["# proxies", "", "uid=1337 " + Web, "uid=web " + Web, "uid=1338 spiffe://other.example/ns/shop/sa/web"],
            "peers.conf", hasLines: true, AuthorityUnderTest.Domain("cluster.local"));

        Assert.Equal(1337u, Assert.Single(rules).UserId);
        Assert.Equal([4, 5], problems.Select(problem => problem.Line));
        Assert.Equal(
            "peers.conf:5: rule 'uid=1338 spiffe://other.example/ns/shop/sa/web' is for another trust domain; allowed: spiffe://cluster.local/...",
            problems[1].ToString());
    }

    [Fact]
    public async Task Gives_every_identity_whose_rule_matches()
    {
        var kind = new UnixPeerKind([Rule(7, null, "web"), Rule(7, 3, "db"), Rule(7, 4, "cache"), Rule(8, null, "mail"), Rule(7, null, "web")]);
        var caller = Assert.IsType<Caller>(await kind.TryAuthenticateAsync(Peer(7, 3), CancellationToken.None));

        Assert.Equal(["web", "db"], caller.Identities.Select(identity => identity.ServiceAccount));
    }

    [Theory]
    [InlineData(9)]
    [InlineData(65534)]
    public async Task Refuses_a_user_without_a_rule_and_one_without_a_number(uint user)
    {
        var kind = new UnixPeerKind([Rule(7, null, "web"), Rule(65534, null, "web")]);
        var caller = Assert.IsType<Caller>(await kind.TryAuthenticateAsync(Peer(user, 3), CancellationToken.None));

        Assert.Equal($"no rule is about user {user} and group 3", caller.Refusal);
    }

    [Fact]
    public async Task Has_no_say_on_a_TCP_connection() =>
        Assert.Null(await new UnixPeerKind([Rule(0, null, "web")]).TryAuthenticateAsync(new(true, null, null, null, null), CancellationToken.None));

    [Fact]
    public void Prints_no_token() =>
        Assert.DoesNotContain("secret", new CallerCredentials(true, System.Net.IPAddress.Loopback, null, "secret", null).ToString(), StringComparison.Ordinal);

    private static UnixPeerRule Rule(uint user, uint? group, string account) =>
        new(user, group, AuthorityUnderTest.Id($"spiffe://cluster.local/ns/shop/sa/{account}"));

    private static CallerCredentials Peer(uint user, uint group) => new(false, null, null, null, new PeerCredentials(1, user, group));
}
