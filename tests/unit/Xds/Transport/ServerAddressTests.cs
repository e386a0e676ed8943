using Intercept.Xds.Transport;

namespace Intercept.Tests.Unit.Xds.Transport;

public sealed class ServerAddressTests
{
    [Theory]
    [InlineData("istiod.istio-system.svc:15012", "istiod.istio-system.svc", 15012)]
    [InlineData("127.0.0.1:15010", "127.0.0.1", 15010)]
    [InlineData("[::1]:15010", "::1", 15010)]
    public void Takes_a_host_and_a_port(string text, string host, int port)
    {
        var address = ServerAddress.TryParse(text)!;

        Assert.Equal((host, port, text), (address.Host, address.Port, address.ToString()));
    }

    [Theory]
    [InlineData("unix:/run/xds.sock", "/run/xds.sock")]
    [InlineData("unix:///run/xds.sock", "/run/xds.sock")]
    [InlineData("unix:./xds.sock", "./xds.sock")]
    public void Takes_a_Unix_socket(string text, string path) => Assert.Equal(path, ServerAddress.TryParse(text)!.Path);

    [Theory]
    [InlineData("")]
    [InlineData("istiod")]
    [InlineData(":15010")]
    [InlineData("istiod:")]
    [InlineData("istiod:0")]
    [InlineData("istiod:65536")]
    [InlineData("istiod:+1")]
    [InlineData("is tiod:15010")]
    [InlineData("::1:15010")]
    [InlineData("[127.0.0.1]:15010")]
    [InlineData("https://istiod:15012")]
    [InlineData("unix:")]
    public void Refuses_anything_else(string text) => Assert.Null(ServerAddress.TryParse(text));
}
