using System.Globalization;
using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <summary>What a runtime sends with each verb, and intercept-cni's answer to it.</summary>
internal sealed record PluginCall
{
    public string Container { get; init; } = "c0ffee";

    public string Interface { get; init; } = "eth0";

    public required string NetworkNamespace { get; init; }

    /// <summary>As podman and kubelet's runtimes write them.</summary>
    public string Arguments { get; init; } = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-1;K8S_POD_INFRA_CONTAINER_ID=c0ffee";

    public required JsonObject Configuration { get; init; }

    public static string Program { get; } = Path.Combine(Path.GetDirectoryName(Checkout.Init)!, "intercept-cni");

    public PluginCall With(string key, JsonNode? value)
    {
        var changed = (JsonObject)Configuration.DeepClone();
        changed[key] = value;
        return this with { Configuration = changed };
    }

    public Task<PluginAnswer> SendAsync(string verb, Action<int>? started = null) => SendAsync(verb, Configuration.ToJsonString(), started);

    public async Task<PluginAnswer> SendAsync(string verb, string input, Action<int>? started = null)
    {
        string[] variables =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", $"CNI_COMMAND={verb}", $"CNI_CONTAINERID={Container}", $"CNI_IFNAME={Interface}",
            $"CNI_NETNS={NetworkNamespace}", $"CNI_ARGS={Arguments}", "CNI_PATH=/opt/cni/bin",
        ];
        return PluginAnswer.Of(await Programs.RunAsync("env", ["-i", .. variables, Program], input, started));
    }

    /// <summary>Sends it, and it must succeed.</summary>
    public async Task<PluginAnswer> MustAsync(string verb)
    {
        var answer = await SendAsync(verb);
        Assert.True(answer.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{verb}: exit {answer.ExitCode}: {answer.Output}\n{answer.Log}"));
        return answer;
    }
}
