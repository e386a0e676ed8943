using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Core;

public sealed class AddressingTests
{
    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    public void Prints_an_address_as_it_was_written(string text) => Assert.Equal(text, NetAddress.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.256")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("::1::")]
    [InlineData(" 10.0.0.1")]
    public void Refuses_the_lax_forms_of_an_address(string text) => Assert.False(NetAddress.TryParse(text, out _));

    [Fact]
    public void Takes_an_IPv4_mapped_address_as_the_IPv4_address_that_it_is()
    {
        var mapped = NetAddress.Parse("::ffff:10.0.0.1");

        Assert.Equal(NetAddress.Parse("10.0.0.1"), mapped);
        Assert.True(mapped.IsIPv4);
    }

    [Fact]
    public void Tells_the_two_unspecified_addresses_apart() => Assert.NotEqual(NetAddress.AnyIPv4, NetAddress.AnyIPv6);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.255.0.9", true)]
    [InlineData("128.0.0.1", false)]
    [InlineData("::1", true)]
    [InlineData("::2", false)]
    public void Knows_loopback(string text, bool loopback) => Assert.Equal(loopback, NetAddress.Parse(text).IsLoopback);

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.1", 80)]
    [InlineData("[2001:db8::1]:65535", "2001:db8::1", 65535)]
    public void Reads_an_endpoint(string text, string address, int port)
    {
        Assert.True(NetEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(NetAddress.Parse(address), endpoint.Address);
        Assert.Equal(port, endpoint.Port);
        Assert.Equal(text, endpoint.ToString());
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("2001:db8::1:80")]
    [InlineData("[10.0.0.1]:80")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0.1:-1")]
    [InlineData(":80")]
    public void Refuses_an_endpoint_that_could_be_read_in_two_ways(string text) => Assert.False(NetEndpoint.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:db8:1::/32", "2001:db8::/32")]
    [InlineData("::/0", "::/0")]
    [InlineData("::1", "::1/128")]
    public void Clears_the_host_bits_of_a_CIDR(string text, string expected) => Assert.Equal(expected, Cidr.Parse(text).ToString());

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("::/129")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("*")]
    public void Refuses_what_is_not_a_CIDR(string text) => Assert.False(Cidr.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("0.0.0.0/0", "1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    public void Contains_the_addresses_of_its_own_family_only(string cidr, string address, bool contains) =>
        Assert.Equal(contains, Cidr.Parse(cidr).Contains(NetAddress.Parse(address)));

    [Fact]
    public void Gives_bytes_in_network_order()
    {
        Span<byte> bytes = stackalloc byte[16];

        Assert.Equal(4, NetAddress.Parse("1.2.3.4").WriteBytes(bytes));
        Assert.Equal([1, 2, 3, 4], bytes[..4].ToArray());
        Assert.Equal(16, NetAddress.Parse("2001:db8::1").WriteBytes(bytes));
        Assert.Equal(NetAddress.Parse("2001:db8::1"), NetAddress.FromBytes(bytes));
    }
}
