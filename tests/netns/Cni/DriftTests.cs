using System.Text.Json.Nodes;

namespace Intercept.Tests.Netns.Cni;

public sealed class DriftTests
{
    [Fact]
    public async Task CHECK_names_each_difference()
    {
        await using var scene = await CniScene.OpenAsync();
        await scene.Call.MustAsync("ADD");
        await scene.World.MustInPodAsync(
            "iptables-nft -t nat -D OUTPUT 1; ip6tables-nft -t nat -A INTERCEPT_OUTPUT -p tcp --dport 7 -j RETURN; ip -6 addr del ::6/128 dev lo");

        var checkedAfter = await scene.Call.SendAsync("CHECK");
        checkedAfter.Refuses(101, "difference(s) between what is installed and what was planned");
        Assert.Contains("IPv4 nat OUTPUT: missing: ", checkedAfter.Details, StringComparison.Ordinal);
        Assert.Contains("IPv6 nat INTERCEPT_OUTPUT: not in the plan: -p tcp -m tcp --dport 7 -j RETURN", checkedAfter.Details, StringComparison.Ordinal);
        Assert.Contains("missing: ip -6 addr add ::6/128 dev lo", checkedAfter.Details, StringComparison.Ordinal);

        await scene.Call.MustAsync("ADD");
        await scene.Call.MustAsync("CHECK");
    }

    [Fact]
    public async Task CHECK_misses_a_pod_that_was_never_captured()
    {
        await using var scene = await CniScene.OpenAsync();

        (await scene.Call.SendAsync("CHECK")).Refuses(101, "no record says that it was");
        (await scene.Call.With("prevResult", null).SendAsync("CHECK")).Refuses(7, "prevResult is missing");
        (await scene.Call.With("cniVersion", "0.3.1").SendAsync("CHECK")).Refuses(1, "allowed: 0.4.0, 1.0.0, 1.1.0");
    }

    [Fact]
    public async Task What_ADD_is_not_told_about_who_is_captured_refuses_the_pod()
    {
        await using var scene = await CniScene.OpenAsync();

        (await scene.Call.With("selectors", null).SendAsync("ADD")).Refuses(7, "nothing says which pods are captured");
        (await scene.Call.With("arguments", new JsonArray("-b", "80,http")).SendAsync("ADD")).Refuses(7, "'http' is not a port");
        await scene.IsNotCapturedAsync();
    }
}
