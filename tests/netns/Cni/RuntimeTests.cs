using System.Globalization;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <summary>Container runtimes as they are, with the plugin chained behind bridge: see tests/netns/probe/runtime.</summary>
public sealed class RuntimeTests
{
    [Theory]
    [InlineData("podman", 20)]
    [InlineData("containerd", 3)]
    public async Task What_a_runtime_starts_is_captured_and_leaves_nothing(string runtime, int pods)
    {
        await using var place = new CniPlace(runtime);
        var node = await place.AddAsync("node");
        var directory = Path.Combine(place.State, "runtime");
        string[] captured = [.. Enumerable.Range(1, pods).Select(number => string.Create(CultureInfo.InvariantCulture, $"web-{number}"))];

        var finished = await Programs.RunAsync(
            "nsenter",
            [
                $"--net=/run/netns/{node}", "unshare", "--mount", "--propagation", "private", Path.Combine(Checkout.Probe, "runtime"), runtime, directory,
                PluginCall.Program, .. captured, "db-1",
            ],
            "");

        Assert.True(finished.ExitCode == 0, finished.Said);
        var rules = finished.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(fields => fields[0], fields => int.Parse(fields[1], CultureInfo.InvariantCulture));
        Assert.Equal(captured.Append("db-1").Order(), rules.Keys.Order());
        Assert.All(rules, pod => Assert.Equal(pod.Key != "db-1", pod.Value > 10));
        Assert.Equal(["intercept-cni.log"], Directory.EnumerateFiles(Path.Combine(directory, "state"), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }
}
