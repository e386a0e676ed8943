using System.Collections.Immutable;
using System.Net;
using Intercept.Capture.Configuration;
using Intercept.Capture.Pods;
using Intercept.Core.Addressing;
using Intercept.Node.Agent;

namespace Intercept.Node.CommandLine;

/// <summary>From flags to what the agent does.</summary>
internal static class RunReader
{
    private static readonly HostFacts _node = new(_ => null, _ => null, "");

    public static AgentOptions Read(NodeRequest request, string beside, IReadOnlyDictionary<string, string> environment)
    {
        var noInstall = request.Switch(NodeOptions.NoInstall);
        var places = InstallReader.Places(request);
        var excluded = request.List(NodeOptions.ExcludeNamespaces);
        var interval = request.Duration(NodeOptions.Interval);
        if (interval == TimeSpan.Zero)
        {
            request.Report(NodeOptions.Interval, "is no time", "above 0");
        }

        return new AgentOptions
        {
            Install = noInstall ? null : InstallReader.Read(request, beside),
            Root = places.Root,
            StateDirectory = places.Root.Resolve(InstallReader.State(request)),
            Manifests = Manifests(request),
            NodeName = NodeName(request),
            Selection = Selection(request, excluded),
            Address = Address(request),
            Interval = interval,
            Repairs = !request.Switch(NodeOptions.NoRepair),
            Bpffs = request.Path(NodeOptions.Bpffs) ?? "/sys/fs/bpf",
            IsJsonLog = request.Text(NodeOptions.LogFormat) == "json",
            Environment = environment.ToImmutableDictionary(),
        };
    }

    /// <summary>What has to be known to take away what an agent left.</summary>
    public static AgentOptions ForRemoval(NodeRequest request, IReadOnlyDictionary<string, string> environment)
    {
        var places = InstallReader.Places(request);
        return new AgentOptions
        {
            Install = null,
            Root = places.Root,
            StateDirectory = places.Root.Resolve(InstallReader.State(request)),
            Manifests = null,
            NodeName = null,
            Selection = new SelectionSettings(),
            Address = default,
            Interval = Timeout.InfiniteTimeSpan,
            Repairs = false,
            Bpffs = request.Path(NodeOptions.Bpffs) ?? "/sys/fs/bpf",
            IsJsonLog = false,
            Environment = environment.ToImmutableDictionary(),
        };
    }

    private static string? Manifests(NodeRequest request)
    {
        var folder = request.Path(NodeOptions.Manifests);
        if (folder is null == !request.Switch(NodeOptions.Kubernetes))
        {
            request.Report(NodeOptions.Manifests, folder is null ? "is missing" : "and --kubernetes are both given", "--manifests DIR or --kubernetes");
        }

        if (folder is not null && !Directory.Exists(folder))
        {
            request.Report(NodeOptions.Manifests, "is no folder that can be read", "a folder of Pod manifests");
        }

        return folder;
    }

    private static string? NodeName(NodeRequest request)
    {
        if (!request.Switch(NodeOptions.Kubernetes))
        {
            return null;
        }

        var name = request.Text(NodeOptions.NodeName);
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))
        {
            request.Report(NodeOptions.NodeName, "is not a node", "its name; in a DaemonSet NODE_NAME from fieldRef spec.nodeName");
        }

        return name;
    }

    private static SelectionSettings Selection(NodeRequest request, ImmutableArray<string> excluded)
    {
        var settings = new SelectionSettings { ExcludedNamespaces = excluded };
        if (request.CaptureArguments.IsEmpty)
        {
            return settings;
        }

        request.Add(CaptureOptionsReader.Read(request.CaptureArguments, ImmutableDictionary<string, string>.Empty, _node).Problems);
        return settings with { Arguments = request.CaptureArguments };
    }

    private static NetEndpoint Address(NodeRequest request)
    {
        if (IPEndPoint.TryParse(request.Text(NodeOptions.Address), out var address) && IPAddress.IsLoopback(address.Address))
        {
            return new NetEndpoint(NetAddress.From(address.Address), (ushort)address.Port);
        }

        request.Report(NodeOptions.Address, "is not a loopback address with a port", "such as 127.0.0.1:15024 or [::1]:15024");
        return default;
    }
}
