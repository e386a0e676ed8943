using System.Collections.Immutable;

namespace Intercept.Capture.Pods;

/// <summary>What holds for all pods of a node.</summary>
public sealed record SelectionSettings
{
    public static ImmutableArray<string> StandardExcludedNamespaces { get; } = ["kube-system"];

    /// <summary>What Istio's injector gives to its init container.</summary>
    public static ImmutableArray<string> StandardArguments { get; } =
        ["--proxy-uid=1337", "--istio-service-cidr=*", "--istio-inbound-ports=*", "--istio-local-exclude-ports=15090,15021"];

    /// <summary>What Linkerd's injector gives to its init container.</summary>
    public static ImmutableArray<string> StandardLinkerdArguments { get; } =
    [
        "--linkerd", "--incoming-proxy-port=4143", "--outgoing-proxy-port=4140", "--proxy-uid=2102", "--inbound-ports-to-ignore=4190,4191",
    ];

    public ImmutableArray<string> ExcludedNamespaces { get; init; } = StandardExcludedNamespaces;

    /// <summary>Whether a pod that says nothing, and whose containers are not known, is captured.</summary>
    public bool CapturesUnlabelled { get; init; }

    /// <summary>What a pod's annotations change.</summary>
    public ImmutableArray<string> Arguments { get; init; } = StandardArguments;

    /// <summary>The same for a pod with Linkerd's proxy.</summary>
    public ImmutableArray<string> LinkerdArguments { get; init; } = StandardLinkerdArguments;
}
