using System.Diagnostics;
using System.Text.RegularExpressions;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class InterruptedInstallTests
{
    private const int Points = 24;
    private static readonly string[] _old = ["-i", "10.96.0.0/16", "-b", "8080,9090", "-u", "1338"];
    private static readonly string[] _new = CaptureScene.Everything;

    public static TheoryData<CaptureBackend, bool> Cases
    {
        get
        {
            var cases = new TheoryData<CaptureBackend, bool>();
            foreach (var backend in Enum.GetValues<CaptureBackend>())
            {
                cases.Add(backend, false);
                cases.Add(backend, true);
            }

            return cases;
        }
    }

    /// <param name="withTools">Kill what it runs too, as the end of a container does; alone, its last tool ends by itself.</param>
    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Killed_anywhere_leaves_the_old_rules_or_the_new(CaptureBackend backend, bool withTools)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var bare = await scene.World.SnapshotAsync();
        await scene.InstallAsync(_old);
        var before = RulesOf(await scene.World.SnapshotAsync());
        var started = Stopwatch.GetTimestamp();
        await scene.InstallAsync(_new);
        var lasts = Stopwatch.GetElapsedTime(started);
        var after = RulesOf(await scene.World.SnapshotAsync());
        var random = new Random(scene.World.PodNamespace.GetHashCode(StringComparison.Ordinal));
        var (olds, news) = (0, 0);
        for (var point = 0; point < Points; point++)
        {
            await scene.InstallAsync(_old);

            // Spread over the whole run, and a little beyond.
            var delay = lasts * ((point + random.NextDouble()) / Points * 1.1);
            await KillAfterAsync(scene, delay, withTools);
            foreach (var (part, rules) in RulesOf(await scene.World.SnapshotAsync()))
            {
                olds += rules == before[part] ? 1 : 0;
                news += rules == after[part] ? 1 : 0;
                Assert.True(rules == before[part] || rules == after[part], $"killed after {delay}: {part} is neither the old nor the new:\n{rules}");
            }
        }

        Assert.True(olds > 0 && news > 0, $"every kill was too late or too early to say anything: {olds} old, {news} new");
        await scene.InstallAsync(_new);
        Assert.Equal(after, RulesOf(await scene.World.SnapshotAsync()));
        await scene.UninstallAsync();
        Assert.Equal(bare, await scene.World.SnapshotAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task Killed_in_a_bare_pod_leaves_nothing_that_uninstall_does_not_remove(CaptureBackend backend, bool withTools)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var bare = await scene.World.SnapshotAsync();
        for (var point = 0; point < Points / 2; point++)
        {
            await KillAfterAsync(scene, TimeSpan.FromMilliseconds(4 * point), withTools);
            await scene.UninstallAsync();
            Assert.Equal(bare, await scene.World.SnapshotAsync());
        }
    }

    private static async Task KillAfterAsync(CaptureScene scene, TimeSpan delay, bool withTools)
    {
        Process? running = null;
        var install = scene.World.InitAsync(
            ["install", .. _new, .. scene.Backend.Flags()], started: processId => running = Process.GetProcessById(processId));
        await Task.Delay(delay);
        try
        {
            running!.Kill(withTools);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }

        await install;
        running!.Dispose();

        // A tool that outlived it ends soon, and only then is there something to look at.
        await scene.World.UntilOnlyTheProbeRunsAsync();
    }

    /// <summary>Each family's rules, and in iptables each table of it, which is what the kernel can replace as a whole.</summary>
    private static Dictionary<string, string> RulesOf(string snapshot)
    {
        var parts = new Dictionary<string, string>();
        foreach (var section in snapshot.Split("== ").Where(section => section.Contains("-save\n", StringComparison.Ordinal) || section.StartsWith("nft ", StringComparison.Ordinal)))
        {
            var name = section[..section.IndexOf('\n', StringComparison.Ordinal)];
            var lines = section.Split('\n').Where(line => line.Contains("intercept", StringComparison.OrdinalIgnoreCase) && !line.StartsWith(':')).ToList();
            if (name.StartsWith("nft ", StringComparison.Ordinal))
            {
                parts[name] = string.Join('\n', lines.Where(line => Regex.IsMatch(line, "intercept_|\"intercept: ")));
                continue;
            }

            foreach (var table in new[] { "raw", "mangle", "nat" })
            {
                var body = Regex.Match(section, $@"\*{table}\n(.*?)COMMIT", RegexOptions.Singleline).Groups[1].Value;
                parts[$"{name} {table}"] = string.Join('\n', body.Split('\n').Where(line => line.StartsWith("-A ", StringComparison.Ordinal)));
            }
        }

        return parts;
    }
}
