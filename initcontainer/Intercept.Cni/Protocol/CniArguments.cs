using Intercept.Capture.Pods;

namespace Intercept.Cni.Protocol;

/// <summary>CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web", as kubelet's runtimes and podman write it.</summary>
internal static class CniArguments
{
    /// <returns>No name where the runtime names no pod.</returns>
    public static PodIdentity Pod(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[pair[..equals]] = pair[(equals + 1)..];
            }
        }

        return new PodIdentity(
            values.GetValueOrDefault("K8S_POD_NAMESPACE") ?? "", values.GetValueOrDefault("K8S_POD_NAME") ?? "", values.GetValueOrDefault("K8S_POD_UID") ?? "");
    }
}
