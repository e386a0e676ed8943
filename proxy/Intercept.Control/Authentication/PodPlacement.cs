using System.Text.Json;
using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Authentication;

/// <summary>Which pods run where, by the Kubernetes API itself: a cache could still have a pod on a node that it has left.</summary>
internal sealed class PodPlacement(KubernetesCalls kubernetes)
{
    /// <summary>Whether the caller's own pod runs on the node of a pod with that account.</summary>
    /// <returns>Null where it does; else why not.</returns>
    public async ValueTask<string?> ComplaintAsync(
        CallerPod caller, string callerAccount, string @namespace, string account, CancellationToken cancellation)
    {
        var (own, failure) = await kubernetes.CallAsync(
            $"api/v1/namespaces/{Uri.EscapeDataString(caller.Namespace)}/pods/{Uri.EscapeDataString(caller.Name)}", null, cancellation);
        string? node;
        using (own)
        {
            if (own is null)
            {
                return failure ?? "its own pod is gone";
            }

            if (!own.RootElement.TryGetObject("metadata", out var metadata) || metadata.Text("uid") != caller.Uid
                || !own.RootElement.TryGetObject("spec", out var spec) || spec.Text("serviceAccountName") != callerAccount)
            {
                return "its token is of a pod that was replaced";
            }

            node = spec.Text("nodeName");
        }

        return string.IsNullOrEmpty(node)
            ? "its own pod is on no node yet"
            : await ElsewhereAsync(node, @namespace, account, cancellation);
    }

    private async ValueTask<string?> ElsewhereAsync(string node, string @namespace, string account, CancellationToken cancellation)
    {
        var (list, failure) = await kubernetes.CallAsync(
            $"api/v1/namespaces/{Uri.EscapeDataString(@namespace)}/pods?fieldSelector=spec.nodeName%3D{Uri.EscapeDataString(node)}", null, cancellation);
        using (list)
        {
            return list is null ? failure ?? $"there is no namespace {@namespace}"
                : list.RootElement.Items("items").Any(pod => IsRunning(pod, node, account)) ? null
                : $"no pod with that account runs on {node}";
        }
    }

    // The selector is looked at again: a server or a cache between that ignores it must not widen what is allowed.
    private static bool IsRunning(JsonElement pod, string node, string account) =>
        pod.TryGetObject("spec", out var spec) && spec.Text("nodeName") == node && spec.Text("serviceAccountName") == account
        && pod.TryGetObject("status", out var status) && status.Text("phase") is "Pending" or "Running" or "Unknown";
}
