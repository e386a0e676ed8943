using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using static Intercept.Tests.Unit.Mesh.Chains;

namespace Intercept.Tests.Unit.Mesh;

public sealed class FilterChainSelectorTests
{
    // One per criterion, each alone, in Envoy's order: whoever stands further up wins.
    private static readonly FilterChain[] _oneCriterionEach =
    [
        Chain("port", new FilterChainMatch { DestinationPort = 443 }),
        Chain("prefix", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.0.0.0/8")] }),
        Chain("name", new FilterChainMatch { ServerNames = ["a.example.com"] }),
        Chain("transport", new FilterChainMatch { Transport = DetectedTransport.Tls }),
        Chain("alpn", new FilterChainMatch { ApplicationProtocols = ["h2"] }),
        Chain("source-prefix", new FilterChainMatch { SourcePrefixes = [Cidr.Parse("10.9.0.0/16")] }),
        Chain("source-port", new FilterChainMatch { SourcePorts = [50000] }),
    ];

    [Theory]
    [InlineData(0, "port")]
    [InlineData(1, "prefix")]
    [InlineData(2, "name")]
    [InlineData(3, "transport")]
    [InlineData(4, "alpn")]
    [InlineData(5, "source-prefix")]
    [InlineData(6, "source-port")]
    public void The_criterion_that_comes_first_in_Envoys_order_decides(int firstOfList, string winner)
    {
        // In both orders of the list: the order of the chains says nothing.
        var chains = _oneCriterionEach[firstOfList..];
        var connection = To("10.1.1.1:443").Tls("a.example.com", "h2");

        Assert.Equal(winner, Select(Listener(null, chains), connection));
        Assert.Equal(winner, Select(Listener(null, [.. chains.Reverse()]), connection));
    }

    [Fact]
    public void There_is_no_way_back_to_a_less_specific_chain()
    {
        // The port leads to a chain that wants another source: the connection is not for the chain of any port either.
        var listener = Listener(
            Chain("default"),
            Chain("narrow", new FilterChainMatch { DestinationPort = 5432, SourcePrefixes = [Cidr.Parse("192.168.0.0/16")] }),
            Chain("wide"));

        Assert.Equal("narrow", Select(listener, To("10.1.1.1:5432", "192.168.1.1:40000")));
        Assert.Equal("default", Select(listener, To("10.1.1.1:5432")));
        Assert.Equal("wide", Select(listener, To("10.1.1.1:6379")));
    }

    [Fact]
    public void Without_a_default_chain_a_connection_that_nothing_matches_is_closed() =>
        Assert.Null(Select(Listener(null, _oneCriterionEach[0]), To("10.1.1.1:80")));

    [Fact]
    public void The_longest_prefix_wins_whatever_the_order()
    {
        FilterChain[] chains =
        [
            Chain("all", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("0.0.0.0/0")] }),
            Chain("host", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.1.2.3/32")] }),
            Chain("ten", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.0.0.0/8")] }),
            Chain("subnet", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.1.0.0/16"), Cidr.Parse("172.16.0.0/12")] }),
        ];
        foreach (var listener in new[] { Listener(null, chains), Listener(null, [.. chains.Reverse()]) })
        {
            Assert.Equal("host", Select(listener, To("10.1.2.3:80")));
            Assert.Equal("subnet", Select(listener, To("10.1.2.4:80")));
            Assert.Equal("subnet", Select(listener, To("172.31.0.1:80")));
            Assert.Equal("ten", Select(listener, To("10.2.0.1:80")));
            Assert.Equal("all", Select(listener, To("11.0.0.1:80")));
        }
    }

    [Fact]
    public void A_prefix_of_one_family_says_nothing_about_the_other()
    {
        var listener = Listener(
            Chain("default"),
            Chain("every-IPv4", new FilterChainMatch { DestinationPrefixes = [Cidr.AllIPv4] }),
            Chain("documentation", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("2001:db8::/32")] }),
            Chain("one", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("2001:db8:0:1::/64")] }));

        Assert.Equal("every-IPv4", Select(listener, To("8.8.8.8:53")));
        Assert.Equal("one", Select(listener, To("[2001:db8:0:1::7]:53")));
        Assert.Equal("documentation", Select(listener, To("[2001:db8:0:2::7]:53")));
        Assert.Equal("default", Select(listener, To("[2001:db9::1]:53")));
    }

    [Fact]
    public void A_destination_in_IPv4_mapped_form_is_the_IPv4_destination() =>
        Assert.Equal("prefix", Select(Listener(null, _oneCriterionEach[1]), To("0.0.0.0:0") with { Destination = new NetEndpoint(NetAddress.Parse("::ffff:10.1.1.1"), 80) }));

    [Theory]
    [InlineData("a.example.com", "exact")]
    [InlineData("A.Example.COM", "exact")]
    [InlineData("b.example.com", "example")]
    [InlineData("x.b.example.com", "example")]
    [InlineData("x.y.deep.example.com", "deep")]
    [InlineData("deep.example.com", "example")]
    [InlineData("example.com", "any")]
    [InlineData("notexample.com", "any")]
    [InlineData("", "any")]
    [InlineData(null, "any")]
    public void A_server_name_goes_to_the_longest_name_that_takes_it(string? name, string expected)
    {
        var listener = Listener(
            Chain("default"),
            Chain("any", new FilterChainMatch { Transport = DetectedTransport.Tls }),
            Chain("example", new FilterChainMatch { ServerNames = ["*.example.com"] }),
            Chain("deep", new FilterChainMatch { ServerNames = ["*.deep.example.com"] }),
            Chain("exact", new FilterChainMatch { ServerNames = ["a.example.com"] }));

        Assert.Equal(expected, Select(listener, To("10.1.1.1:443").Tls(name)));
    }

    [Fact]
    public void Plaintext_and_TLS_part_where_a_chain_says_so()
    {
        var listener = Listener(
            null,
            Chain("tls", new FilterChainMatch { Transport = DetectedTransport.Tls }),
            Chain("raw", new FilterChainMatch { Transport = DetectedTransport.RawBuffer }));

        Assert.Equal("tls", Select(listener, To("10.1.1.1:80").Tls("a.example.com")));
        Assert.Equal("raw", Select(listener, To("10.1.1.1:80")));

        // STRICT: no chain takes plaintext.
        Assert.Null(Select(Listener(null, listener.FilterChains[0]), To("10.1.1.1:80")));
    }

    [Fact]
    public void The_client_s_first_protocol_that_a_chain_names_wins()
    {
        var listener = Listener(
            null,
            Chain("http1", new FilterChainMatch { ApplicationProtocols = ["http/1.1", "http/1.0"] }),
            Chain("http2", new FilterChainMatch { ApplicationProtocols = ["h2"] }),
            Chain("other"));

        Assert.Equal("http1", Select(listener, To("10.1.1.1:443").Tls(null, "spdy/3", "http/1.0", "h2")));
        Assert.Equal("http2", Select(listener, To("10.1.1.1:443").Tls(null, "h2", "http/1.1")));
        Assert.Equal("other", Select(listener, To("10.1.1.1:443").Tls(null, "istio")));
        Assert.Equal("other", Select(listener, To("10.1.1.1:443").Tls(null)));
    }

    [Fact]
    public void Two_chains_for_the_same_connections_overlap_even_where_only_one_of_their_values_is_shared()
    {
        var first = Chain("first", new FilterChainMatch { DestinationPort = 80, SourcePorts = [1, 2], ServerNames = ["a.com", "*.b.com"] });
        var second = Chain("second", new FilterChainMatch { DestinationPort = 80, SourcePorts = [2, 3], ServerNames = ["*.b.com"] });
        var apart = Chain("apart", new FilterChainMatch { DestinationPort = 80, SourcePorts = [3], ServerNames = ["a.com"] });

        var (earlier, later) = Assert.Single(FilterChainSelector.FindOverlaps([first, second, apart]));
        Assert.Equal(("first", "second"), (earlier.Name, later.Name));
    }

    [Fact]
    public void A_wider_and_a_narrower_chain_do_not_overlap() =>
        Assert.Empty(FilterChainSelector.FindOverlaps([.. _oneCriterionEach, Chain("any")]));

    [Fact]
    public void Two_chains_without_a_match_overlap() =>
        Assert.Single(FilterChainSelector.FindOverlaps([Chain("one"), Chain("two")]));

    [Fact]
    public void A_chain_that_gives_a_value_twice_does_not_overlap_itself() =>
        Assert.Empty(FilterChainSelector.FindOverlaps(
            [Chain("twice", new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.0.0.0/8"), Cidr.Parse("10.0.0.1/8")] })]));

    [Fact]
    public void Choosing_allocates_nothing()
    {
        var selector = new FilterChainSelector(Listener(Chain("default"), _oneCriterionEach));
        var connection = To("192.0.2.1:80").Tls("x.y.example.org", "istio", "h2");
        Assert.NotNull(selector.Select(connection));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            selector.Select(connection);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
