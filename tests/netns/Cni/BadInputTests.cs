using System.Globalization;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("ADD")]
    [InlineData("DEL")]
    [InlineData("GC")]
    public async Task What_is_no_JSON_or_has_ten_megabytes_is_refused(string verb)
    {
        await using var scene = await CniScene.OpenAsync();

        (await scene.Call.SendAsync(verb, "{\"cniVersion\": \"1.1.0\",")).Refuses(6, "is not JSON");
        (await scene.Call.SendAsync(verb, $"{{\"x\":\"{new string('x', 10_000_000)}\"}}")).Refuses(6, "longer than 1048576 bytes");
    }

    [Fact]
    public async Task A_namespace_that_vanishes_half_way_fails_ADD_and_leaves_nothing()
    {
        var state = Directory.CreateTempSubdirectory("icept-cni-").FullName;
        try
        {
            for (var point = 0; point < 8; point++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"icept-cni-{Environment.ProcessId}-vanishes");
                await Programs.MustAsync("ip", "netns", "add", name);
                var call = CniScene.Of($"/run/netns/{name}", state, CaptureBackend.IptablesNft);
                var adding = call.SendAsync("ADD");
                await Task.Delay(15 * point);
                await Programs.MustAsync("ip", "netns", "delete", name);
                var added = await adding;
                Assert.True(added.ExitCode == 0 || added.Code is 4 or 100, added.Output);

                await call.MustAsync("DEL");
                Assert.Empty(Directory.EnumerateFiles(state, "*.json*", SearchOption.AllDirectories));
            }
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_is_in_the_way_is_waited_for_and_named()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var holder = await LockHolder.StartAsync(scene.World.PodNamespace);

        (await scene.Call.With("timeout_seconds", 1).SendAsync("ADD")).Refuses(100, $"another run holds the lock of this network namespace ({scene.World.PodNamespace}): {holder.Name}");
    }

    [SkippableFact]
    public async Task The_xtables_lock_is_waited_for_with_a_limit_and_its_holder_is_named()
    {
        await using var scene = await CniScene.OpenAsync(CaptureBackend.IptablesLegacy);
        await using var holder = await LockHolder.StartAsync("/run/xtables.lock");

        (await scene.Call.With("timeout_seconds", 20).With("arguments", Short()).SendAsync("ADD")).Refuses(100, $"the xtables lock /run/xtables.lock is held by {holder.Name}");
        Assert.Single(scene.Store.All());
        await holder.DisposeAsync();
        await scene.Call.MustAsync("ADD");
        await scene.IsCapturedAsync();

        static System.Text.Json.Nodes.JsonArray Short() => new("-i", "*", "-b", "*", "--backend", "iptables", "--force-iptables-binary", "legacy", "--lock-timeout", "1s");
    }
}
