using System.Collections.Immutable;

namespace Intercept.Capture.Pods;

/// <param name="Reason">A clause, for logs and status: "its label sidecar.istio.io/inject is false".</param>
/// <param name="Arguments">As intercept-init takes them, complete; empty where nothing is captured.</param>
public sealed record PodDecision(bool IsCaptured, string Reason, ImmutableArray<string> Arguments)
{
    public static PodDecision Leave(string reason) => new(IsCaptured: false, reason, []);
}
