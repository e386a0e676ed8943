using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Node.Installation;

namespace Intercept.Node.CommandLine;

/// <summary>From flags to what is put where.</summary>
internal static class InstallReader
{
    public const string SocketName = "node.sock";

    // On the node nobody knows a pod's users and resolvers.
    private static readonly HostFacts _node = new(_ => null, _ => null, "");

    /// <param name="beside">The directory of this program.</param>
    public static InstallSettings Read(NodeRequest request, string beside)
    {
        var places = Places(request);
        var plugin = request.Path(NodeOptions.Plugin) ?? Path.Combine(beside, CniEdit.PluginType);
        if (!File.Exists(plugin))
        {
            request.Report(NodeOptions.Plugin, $"is not there ({plugin})", "the program intercept-cni");
        }

        return places with
        {
            Files = Files(request),
            AllowOtherMesh = request.Switch(NodeOptions.AllowOtherMesh),
            PluginFile = plugin,
            Entry = Entry(request),
        };
    }

    /// <summary>What has to be known to take all of it away again.</summary>
    public static InstallSettings Places(NodeRequest request)
    {
        var preset = PlatformPreset.Find(request.Text(NodeOptions.Platform)) ?? PlatformPreset.Kubernetes;
        return new InstallSettings
        {
            Root = HostRoot.At(request.Path(NodeOptions.Root) ?? ""),
            ConfigurationDirectory = request.Path(NodeOptions.ConfigurationDirectory) ?? preset.ConfigurationDirectory,
            PluginDirectory = request.Path(NodeOptions.PluginDirectory) ?? preset.PluginDirectory,
            IsChained = preset.IsChained,
            PluginFile = "",
        };
    }

    public static string State(NodeRequest request) => request.Path(NodeOptions.StateDirectory) ?? "/run/intercept";

    private static ImmutableArray<string> Files(NodeRequest request)
    {
        var files = request.List(NodeOptions.ConfigurationFile);
        if (files.Any(file => file.Contains('/', StringComparison.Ordinal) || !(CniDirectory.IsList(file) || CniDirectory.IsLone(file))))
        {
            request.Report(NodeOptions.ConfigurationFile, "is not a list of files", "names that end in .conflist, .conf or .json, in --cni-conf-dir");
        }

        return files;
    }

    private static PluginEntry Entry(NodeRequest request)
    {
        var entry = new PluginEntry
        {
            StateDirectory = State(request),
            ExcludeNamespaces = request.List(NodeOptions.ExcludeNamespaces),
            AgentSocket = $"{State(request)}/{SocketName}",
        };
        if (request.Command != NodeCommands.Install)
        {
            return entry;
        }

        var (pods, namespaces, all) = (request.List(NodeOptions.Pods), request.List(NodeOptions.Namespaces), request.Switch(NodeOptions.AllPods));
        var socket = request.Path(NodeOptions.AgentSocket);
        if (pods.IsEmpty && namespaces.IsEmpty && !all)
        {
            if (!request.CaptureArguments.IsEmpty)
            {
                request.Report(NodeOptions.Pods, "is missing, and what to capture is given", "--pods, --namespaces or --all-pods before --");
            }

            return entry with { AgentSocket = socket ?? entry.AgentSocket };
        }

        if (socket is not null)
        {
            request.Report(NodeOptions.AgentSocket, "is of no use where pods are named: the plugin then asks nobody", "leave it out");
        }

        request.Add(CaptureOptionsReader.Read(request.CaptureArguments, ImmutableDictionary<string, string>.Empty, _node).Problems);
        return entry with { AgentSocket = null, Pods = pods, Namespaces = namespaces, AllPods = all, Arguments = request.CaptureArguments };
    }
}
