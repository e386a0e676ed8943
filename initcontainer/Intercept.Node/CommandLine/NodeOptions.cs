using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Node.Installation;

namespace Intercept.Node.CommandLine;

/// <summary>The flags of every command.</summary>
internal static class NodeOptions
{
    public const string Platform = "platform";
    public const string Root = "root";
    public const string ConfigurationDirectory = "cni-conf-dir";
    public const string ConfigurationFile = "cni-conf-file";
    public const string PluginDirectory = "cni-bin-dir";
    public const string Plugin = "plugin";
    public const string AllowOtherMesh = "allow-other-mesh";
    public const string StateDirectory = "state-dir";
    public const string ExcludeNamespaces = "exclude-namespaces";
    public const string Pods = "pods";
    public const string Namespaces = "namespaces";
    public const string AllPods = "all-pods";
    public const string AgentSocket = "agent-socket";
    public const string Wait = "wait";
    public const string KeepPlugin = "keep-plugin";
    public const string ReleasePods = "pods-too";
    public const string Output = "output";
    public const string Manifests = "manifests";
    public const string Kubernetes = "kubernetes";
    public const string NodeName = "node-name";
    public const string Address = "address";
    public const string Interval = "interval";
    public const string NoInstall = "no-install";
    public const string NoRepair = "no-repair";
    public const string Bpffs = "bpffs";
    public const string LogFormat = "log-format";

    private static readonly ImmutableArray<CaptureOption> _places =
    [
        Text(Platform, PlatformPreset.Kubernetes.Name, string.Join('|', PlatformPreset.All.Select(preset => preset.Name)),
            "whose directories; the two flags below win over it", "INTERCEPT_PLATFORM"),
        Text(ConfigurationDirectory, "", "DIR", "where the runtime's network configuration is, as the host has it (default: the platform's)"),
        Text(PluginDirectory, "", "DIR", "where the runtime looks for plugins, as the host has it (default: the platform's)"),
        Text(Root, "/", "DIR", "where the host's root directory is; /host in a container"),
        Text(StateDirectory, "/run/intercept", "DIR", "sockets and records, as the host has it"),
    ];

    private static readonly ImmutableArray<CaptureOption> _install =
    [
        .. _places,
        List(ConfigurationFile, "NAMES", "files to stand in, for runtimes with several networks (default: the first valid one, as runtimes choose)"),
        Text(Plugin, "", "FILE", "the plugin to put in place (default: intercept-cni beside this program)"),
        Switch(AllowOtherMesh, "stand behind istio-cni or linkerd-cni too"),
        List(ExcludeNamespaces, "NAMES", "namespaces whose pods are never captured", "kube-system"),
    ];

    public static ImmutableArray<CaptureOption> For(string command) => command switch
    {
        NodeCommands.Install =>
        [
            .. _install,
            List(Pods, "NAMES", "without an agent: pods to capture, a name or the beginning of one and *"),
            List(Namespaces, "NAMES", "without an agent: namespaces whose pods to capture"),
            Switch(AllPods, "without an agent: capture every pod"),
            Text(AgentSocket, "", "FILE", "whom the plugin asks where no pods are named (default: node.sock in --state-dir)"),
            Text(Wait, "0s", "DURATION", "how long to wait for a network to be configured"),
        ],
        NodeCommands.Run =>
        [
            Text(Manifests, "", "DIR", "know the node's pods from Pod manifests, as podman's play kube takes them"),
            Switch(Kubernetes, "know the node's pods from the API server of the cluster that this runs in"),
            Text(NodeName, "", "NAME", "whose pods to ask for, with --kubernetes", "NODE_NAME"),
            .. _install,
            Switch(NoInstall, "leave the plugin to somebody else"),
            Switch(NoRepair, "report pods whose rules differ, and change none"),
            Text(Interval, "30s", "DURATION", "between two comparisons of each pod's rules with the plan"),
            Text(Address, "127.0.0.1:15024", "ADDRESS:PORT", "health, status and metrics; the socket in --state-dir has them too"),
            Text(Bpffs, "/sys/fs/bpf", "DIR", "where bpffs is mounted: what eBPF capture pins for pods that are gone is removed there"),
            Text(LogFormat, "text", "text|json", "the form of the log on standard error"),
        ],
        NodeCommands.Status =>
        [
            Text(Root, "/", "DIR", "where the host's root directory is; /host in a container"),
            Text(StateDirectory, "/run/intercept", "DIR", "where the agent's socket is, as the host has it"),
            Text(Output, "text", "text|json", "the form of the answer"),
        ],
        NodeCommands.Uninstall =>
        [
            .. _places,
            Switch(ReleasePods, "remove the rules of running pods as well: their traffic is then neither encrypted nor checked"),
            Text(Bpffs, "/sys/fs/bpf", "DIR", "where bpffs is mounted"),
            Switch(KeepPlugin, "leave the program: CRI-O asks it when a pod ends that was made with it"),
        ],
        _ => [],
    };

    private static CaptureOption Text(string name, string standard, string placeholder, string help, params ImmutableArray<string> environment) =>
        new(name, null, environment, OptionKind.Text, standard, placeholder, help);

    private static CaptureOption List(string name, string placeholder, string help, string standard = "") =>
        new(name, null, [], OptionKind.List, standard, placeholder, help);

    private static CaptureOption Switch(string name, string help) => new(name, null, [], OptionKind.Switch, "false", "", help);
}
