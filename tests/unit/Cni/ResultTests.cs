using System.Text.Json;
using Intercept.Cni.Protocol;

namespace Intercept.Tests.Unit.Cni;

public sealed class ResultTests
{
    [Theory]
    [InlineData("1.1.0", """{"interfaces":[{"name":"eth0","mtu":1500,"socketPath":"","pciID":"x"}],"ips":[{"address":"10.0.0.2/24","later":{"a":[1.0,1e3]}}],"dns":{},"of-2030":null}""")]
    [InlineData("1.0.0", """{"ips":[{"interface":2,"address":"fd00::2/64","gateway":"fd00::1"}],"routes":[{"dst":"0.0.0.0/0"}]}""")]
    [InlineData("0.4.0", """{"ips":[{"version":"4","address":"10.0.0.2/24"}],"x":" \u00e9 "}""")]
    public void A_result_is_passed_on_byte_by_byte_in_the_version_asked_for(string version, string members)
    {
        var previous = $"{{\"cniVersion\":\"{version}\",{members[1..]}";

        Assert.Equal(previous, CniOutput.Result(version, JsonDocument.Parse(previous).RootElement));
    }

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    public void An_address_says_its_family_where_the_version_wants_it(string version)
    {
        var previous = JsonDocument.Parse("""{"cniVersion":"1.0.0","ips":[{"address":"10.0.0.2/24"},{"address":"fd00::2/64","more":1}]}""").RootElement;

        Assert.Equal(
            $$"""{"cniVersion":"{{version}}","ips":[{"version":"4","address":"10.0.0.2/24"},{"version":"6","address":"fd00::2/64","more":1}]}""",
            CniOutput.Result(version, previous));
    }

    [Fact]
    public void Without_a_plugin_before_the_result_is_empty() => Assert.Equal("""{"cniVersion":"1.1.0"}""", CniOutput.Result("1.1.0", null));
}
