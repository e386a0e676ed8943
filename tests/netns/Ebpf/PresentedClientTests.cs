using System.Diagnostics;
using Intercept.Capture.Ebpf;
using Intercept.Tests.Netns.Proxy.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>intercept-proxy tells the application who called.</summary>
public sealed class PresentedClientTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    [SkippableTheory]
    [InlineData("on", true, "[::ffff:10.77.0.1]:")]
    [InlineData("off", true, "[::ffff:127.0.0.6]:")]
    [InlineData("on", false, "[::ffff:127.0.0.6]:")]
    public async Task The_application_sees_its_true_client_where_both_sides_are_asked_to_show_it(string presents, bool taken, string client)
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.SelfCalls | PodFlags.Inbound | PodFlags.InboundAll | (taken ? PodFlags.ClientAddress : PodFlags.None));
        await using var app = await world.StartAppAsync(9000);
        var bootstrap = Bootstrap.Of(
            [Bootstrap.Listener("inbound", [Bootstrap.Chain("all", "application")], EbpfWorld.InboundPort, Bootstrap.OriginalDestinationFilter)],
            ["    - { name: application, type: ORIGINAL_DST, lb_policy: CLUSTER_PROVIDED, connect_timeout: 3s, upstream_bind_config: { source_address: { address: 127.0.0.6, port_value: 0 } } }"]);
        using var proxy = Process.Start(new ProcessStartInfo(
            "sh",
            [
                "-euc", "echo $$ >\"$1/cgroup.procs\"; shift; exec \"$@\"", "sh", world.Groups.Proxy, "nsenter", $"--net=/run/netns/{world.PodNetns}", "--",
                "setpriv", "--reuid=1337", "--regid=1337", "--clear-groups", RunningProxy.Program, "--config-yaml", bootstrap,
                "--client-address", presents, "--health-address", "off", "--access-log", "off", "--concurrency", "1",
            ])
        {
            RedirectStandardError = true,
        })!;
        try
        {
            string? line;
            var said = "";
            while ((line = await proxy.StandardError.ReadLineAsync().WaitAsync(Patience.WithAProgram)) is not null && !line.Contains("ready on", StringComparison.Ordinal))
            {
                said += $"{line}\n";
            }

            Assert.True(line is not null, said);
            var seen = await world.CallFromPeerAsync("10.77.0.2", 9000);
            Assert.Equal((null, "app", "[::ffff:10.77.0.2]:9000"), (seen.Error, seen.Name, seen.Local));
            Assert.StartsWith(client, seen.Client, StringComparison.Ordinal);
            Assert.Equal(seen.Client, seen.ClientAgain);
        }
        finally
        {
            proxy.Kill();
            await proxy.WaitForExitAsync();
        }
    }
}
