using Intercept.Core.Identity;

namespace Intercept.Tests.Unit.Core;

public sealed class SpiffeIdTests
{
    [Fact]
    public void Reads_trust_domain_namespace_and_service_account()
    {
        Assert.True(SpiffeId.TryParse("spiffe://cluster.local/ns/demo/sa/web", out var id));
        Assert.Equal("cluster.local", id.TrustDomain);
        Assert.Equal("demo", id.Namespace);
        Assert.Equal("web", id.ServiceAccount);
        Assert.Equal("/ns/demo/sa/web", id.Path.ToString());
    }

    [Theory]
    [InlineData("spiffe://td")]
    [InlineData("spiffe://td/x")]
    [InlineData("spiffe://td/ns/demo")]
    [InlineData("spiffe://td/ns/demo/sa/web/extra")]
    [InlineData("spiffe://td/ns/a/b/sa/web")]
    public void Gives_no_namespace_where_the_path_is_not_of_the_Kubernetes_form(string text)
    {
        Assert.True(SpiffeId.TryParse(text, out var id));
        Assert.Null(id.Namespace);
        Assert.Null(id.ServiceAccount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://td/x")]
    [InlineData("SPIFFE://td/x")]
    [InlineData("spiffe://")]
    [InlineData("spiffe:///x")]
    [InlineData("spiffe://TD/x")]
    [InlineData("spiffe://td:8080/x")]
    [InlineData("spiffe://user@td/x")]
    [InlineData("spiffe://td/")]
    [InlineData("spiffe://td/x/")]
    [InlineData("spiffe://td//x")]
    [InlineData("spiffe://td/./x")]
    [InlineData("spiffe://td/../x")]
    [InlineData("spiffe://td/x%20y")]
    [InlineData("spiffe://td/x?y")]
    [InlineData("spiffe://td/x#y")]
    [InlineData("spiffe://td/é")]
    [InlineData("spiffe://td/x\0")]
    public void Refuses_what_the_specification_forbids(string text) => Assert.False(SpiffeId.TryParse(text, out _));

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void Refuses_an_id_longer_than_2048_bytes(int length, bool taken) =>
        Assert.Equal(taken, SpiffeId.TryParse("spiffe://td/".PadRight(length, 'x'), out _));

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Refuses_a_trust_domain_longer_than_255_characters(int length, bool taken) =>
        Assert.Equal(taken, TrustDomain.TryParse(new string('a', length), out _));

    [Fact]
    public void Is_equal_by_its_text()
    {
        Assert.Equal(Parse("spiffe://td/a"), Parse("spiffe://td/a"));
        Assert.NotEqual(Parse("spiffe://td/a"), Parse("spiffe://td/b"));
    }

    private static SpiffeId Parse(string text) =>
        SpiffeId.TryParse(text, out var id) ? id : throw new FormatException(text);
}
