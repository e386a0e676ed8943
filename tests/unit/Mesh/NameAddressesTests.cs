using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;

namespace Intercept.Tests.Unit.Mesh;

public sealed class NameAddressesTests
{
    [Theory]
    [InlineData(AddressFamilies.Auto, "::1 10.0.0.1 ::2", "::1 ::2")]
    [InlineData(AddressFamilies.Auto, "10.0.0.2 10.0.0.1", "10.0.0.1 10.0.0.2")]
    [InlineData(AddressFamilies.V4Only, "::1 10.0.0.1", "10.0.0.1")]
    [InlineData(AddressFamilies.V4Only, "::1", "")]
    [InlineData(AddressFamilies.V6Only, "::1 10.0.0.1", "::1")]
    [InlineData(AddressFamilies.V6Only, "10.0.0.1", "")]
    [InlineData(AddressFamilies.V4Preferred, "::1 10.0.0.1", "10.0.0.1")]
    [InlineData(AddressFamilies.V4Preferred, "::1", "::1")]
    [InlineData(AddressFamilies.All, "::1 10.0.0.2 10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.2 ::1")]
    public void A_family_is_chosen_as_Envoy_does(AddressFamilies families, string resolved, string used) =>
        Assert.Equal(used, string.Join(' ', NameAddresses.Choose(families, resolved.Split(' ').Select(Address))));

    private static NetAddress Address(string text) => NetAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
