using System.Text.RegularExpressions;
using Intercept.Mesh;
using Intercept.Mesh.Listeners;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Deploy;

/// <summary>The bootstraps that tests/bench fills in are valid before anything runs.</summary>
public sealed class ShippedBootstrapsTests
{
    [Theory]
    [InlineData("tests/bench/peers/intercept-relay.yaml")]
    [InlineData("tests/bench/peers/intercept-sidecar.yaml")]
    public void A_shipped_bootstrap_has_no_problem(string file) => Assert.NotEmpty(Read(file).Listeners);

    [Fact]
    public void A_shipped_sidecar_has_no_way_past_mTLS()
    {
        var snapshot = Read("tests/bench/peers/intercept-sidecar.yaml");
        foreach (var listener in snapshot.Listeners)
        {
            Assert.Null(listener.DefaultFilterChain);
            foreach (var chain in listener.FilterChains)
            {
                if (listener.Direction == TrafficDirection.Inbound)
                {
                    Assert.True(chain.Tls is { RequiresClientCertificate: true, Peer: not null }, $"{listener.Name}/{chain.Name} takes plaintext");
                }
                else
                {
                    Assert.All(chain.Proxy.Clusters, target => Assert.NotNull(snapshot.Clusters[target.Name].Tls?.Certificate));
                }
            }
        }
    }

    private static MeshSnapshot Read(string file)
    {
        var port = 18080;
        var template = File.ReadAllText(Path.Combine(Repository.Root, file));
        var text = Regex.Replace(template, "@([A-Z_]+)@", word =>
            word.Groups[1].Value switch
            {
                "CERTIFICATES" or "POD" or "ADDRESS" => "/filled-in",
                "TICKETLESS" => "false",
                _ => $"{port++}",
            });
        var result = BootstrapReader.Read(file, text);
        Assert.Empty(result.Problems);
        return result.Snapshot!;
    }
}
