namespace Intercept.Capture.Pods;

/// <summary>Labels, annotations and container names of Istio and Linkerd, whose meaning is theirs.</summary>
internal static class PodNames
{
    public const string Inject = "sidecar.istio.io/inject";
    public const string InjectionStatus = "sidecar.istio.io/status";
    public const string InjectionTemplates = "inject.istio.io/templates";
    public const string DataplaneMode = "istio.io/dataplane-mode";
    public const string InterceptionMode = "sidecar.istio.io/interceptionMode";
    public const string StatusPort = "status.sidecar.istio.io/port";
    public const string VirtualInterfaces = "istio.io/reroute-virtual-interfaces";
    public const string LinkerdInject = "linkerd.io/inject";
    public const string LinkerdProxy = "linkerd-proxy";

    /// <summary>Where Istio keeps what is captured; a name under it that is not known is a misspelt one.</summary>
    public const string Traffic = "traffic.sidecar.istio.io/";
    public const string Linkerd = "config.linkerd.io/";

    /// <summary>Containers that carry a pod's traffic.</summary>
    public static IReadOnlyList<string> Proxies { get; } = ["intercept-proxy", "istio-proxy", LinkerdProxy];

    /// <summary>Init containers that capture by themselves.</summary>
    public static IReadOnlyList<string> Initializers { get; } = ["intercept-init", "istio-init", "linkerd-init"];

    /// <summary>Istio's injection templates for pods whose proxy takes its traffic by address, and captures none.</summary>
    public static IReadOnlyList<string> TemplatesWithoutCapture { get; } = ["gateway", "grpc-agent", "grpc-simple"];
}
