using System.Globalization;
using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <summary>Behind the plugins that make a pod's network, and many pods at once.</summary>
public sealed class ChainTests
{
    private const string Bridge = "/usr/lib/cni/bridge";
    private const int Pods = 100;
    private const int AtOnce = 8;

    [Theory]
    [InlineData("0.3.1")]
    [InlineData("0.4.0")]
    [InlineData("1.0.0")]
    public async Task Behind_bridge_its_result_is_passed_on_as_it_is(string version)
    {
        await using var place = new CniPlace("bridge");
        var (node, pod) = (await place.AddAsync("node"), await place.AddAsync("pod"));
        var bridge = new JsonObject
        {
            ["cniVersion"] = version,
            ["name"] = "mesh",
            ["type"] = "bridge",
            ["bridge"] = "cni0",
            ["ipam"] = new JsonObject { ["type"] = "host-local", ["dataDir"] = place.State, ["ranges"] = new JsonArray(new JsonArray(new JsonObject { ["subnet"] = "10.88.7.0/24" })) },
        };
        var before = await RunAsync("ADD", node, pod, bridge);
        var call = place.Call(pod).With("cniVersion", version).With("prevResult", JsonNode.Parse(before));

        var added = await call.MustAsync("ADD");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), JsonNode.Parse(added.Output)), $"{before}\n{added.Output}");
        Assert.Contains("INTERCEPT_OUTPUT", await RulesAsync(pod), StringComparison.Ordinal);
        await call.MustAsync("DEL");
        await RunAsync("DEL", node, pod, bridge);
        Assert.Equal("", await RulesAsync(pod));
    }

    [Fact]
    public async Task A_hundred_pods_come_and_go_eight_at_once()
    {
        await using var place = new CniPlace("many");
        using var room = new SemaphoreSlim(AtOnce);

        await Task.WhenAll(Enumerable.Range(0, Pods).Select(async number =>
        {
            await room.WaitAsync();
            try
            {
                var pod = await place.AddAsync(string.Create(CultureInfo.InvariantCulture, $"p{number}"));
                var call = place.Call(pod) with { Container = pod };
                await call.MustAsync("ADD");
                Assert.Contains("INTERCEPT_OUTPUT", await RulesAsync(pod), StringComparison.Ordinal);
                Assert.NotNull(place.Store.Find(pod, "eth0"));
                await call.MustAsync("DEL");
                Assert.Equal("", await RulesAsync(pod));
                await place.RemoveAsync(pod);
            }
            finally
            {
                room.Release();
            }
        }));

        Assert.Empty(place.Store.All());
    }

    private static Task<string> RulesAsync(string pod) => Programs.MustAsync("nsenter", $"--net=/run/netns/{pod}", "nft", "list", "ruleset");

    // It makes its bridge where it runs: in a namespace that stands for the node.
    private static async Task<string> RunAsync(string verb, string node, string pod, JsonObject configuration)
    {
        string[] variables = [$"CNI_COMMAND={verb}", "CNI_CONTAINERID=c0ffee", "CNI_IFNAME=eth0", $"CNI_NETNS=/run/netns/{pod}", "CNI_PATH=/usr/lib/cni"];
        var finished = await Programs.RunAsync("nsenter", [$"--net=/run/netns/{node}", "--", "env", .. variables, Bridge], configuration.ToJsonString());
        Assert.True(finished.ExitCode == 0, finished.Said);
        return finished.Output;
    }
}
