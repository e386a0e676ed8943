using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <summary>Where a distribution's container runtime looks for network configuration and plugins.</summary>
/// <param name="IsChained">False where plugins are called one by one (Multus), each by a file of its own.</param>
/// <param name="Source">Who says so.</param>
internal sealed record PlatformPreset(string Name, string ConfigurationDirectory, string PluginDirectory, bool IsChained, string Source)
{
    public static PlatformPreset Kubernetes { get; } = new(
        "kubernetes", "/etc/cni/net.d", "/opt/cni/bin", true, "the defaults of containerd and CRI-O; kubeadm, kind, minikube, EKS, AKS, RKE2");

    public static ImmutableArray<PlatformPreset> All { get; } =
    [
        Kubernetes,
        new("k3s", "/var/lib/rancher/k3s/agent/etc/cni/net.d", "/var/lib/rancher/k3s/data/cni", true,
            "docs.k3s.io, \"Networking\": since 2024 plugins are found in data/cni; earlier ones need --cni-bin-dir /var/lib/rancher/k3s/data/current/bin"),
        new("k3d", "/var/lib/rancher/k3s/agent/etc/cni/net.d", "/bin", true, "istio.io, \"Platform-Specific Prerequisites\", k3d"),
        new("microk8s", "/var/snap/microk8s/current/args/cni-network", "/var/snap/microk8s/current/opt/cni/bin", true,
            "istio.io, \"Platform-Specific Prerequisites\", MicroK8s"),
        new("gke", "/etc/cni/net.d", "/home/kubernetes/bin", true, "istio.io, \"Platform-Specific Prerequisites\", GKE: /opt is read-only there"),
        new("openshift", "/etc/cni/multus/net.d", "/var/lib/cni/bin", false,
            "the Istio CNI chart's openshift profile: Multus calls the plugin where a NetworkAttachmentDefinition asks for it"),
        new("podman", "/etc/cni/net.d", "/usr/lib/cni", true, "containers.conf(5), network_config_dir and cni_plugin_dirs; Debian's containernetworking-plugins"),
    ];

    public static PlatformPreset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);
}
