using System.Globalization;

namespace Intercept.Tests.Pods.Containers;

/// <summary>Where a machine keeps everything: the configuration, the storage and the state of its container runtime and its network.</summary>
/// <param name="Root">Below it is all of it.</param>
public sealed record MachineFiles(string Root)
{
    /// <summary>The network's name, and the only one that there is.</summary>
    public const string Network = "mesh";

    /// <summary>Those of deploy/examples/shop.</summary>
    public const string IPv4 = "10.77.0.0/24";

    public const string IPv6 = "fd77::/64";

    /// <summary>The machine itself, as pods see it.</summary>
    public const string Gateway = "10.77.0.1";

    public string Configuration => Path.Combine(Root, "containers.conf");

    /// <summary>Where the runtime looks for plugins before it looks where Debian has them: a test may put its own there.</summary>
    public string Plugins => Path.Combine(Root, "cni/bin");

    /// <summary>The network's conflist is here.</summary>
    public string Networks => Path.Combine(Root, "cni/net.d");

    public string Conflist => Path.Combine(Networks, $"{Network}.conflist");

    public string Storage => Path.Combine(Root, "storage");

    public string RunRoot => Path.Combine(Root, "run");

    public string Addresses => Path.Combine(Root, "cni/addresses");

    /// <summary>Handed to pods; whatever a test has to mount.</summary>
    public string Mounts => Path.Combine(Root, "mounts");

    public void Write()
    {
        foreach (var directory in new[] { Plugins, Networks, Storage, RunRoot, Addresses, Mounts })
        {
            Directory.CreateDirectory(directory);
        }

        // No limit is raised: CAP_SYS_RESOURCE may be missing. runc and cgroupfs: what works on hybrid cgroups and without systemd.
        File.WriteAllText(Configuration, $"""
            [containers]
            default_ulimits = ["nofile={OpenFiles()}:{OpenFiles()}", "nproc=32768:32768"]
            [engine]
            cgroup_manager = "cgroupfs"
            runtime = "runc"
            events_logger = "none"
            tmp_dir = "{Root}/tmp"
            static_dir = "{Root}/storage/libpod"
            volume_path = "{Root}/storage/volumes"
            [network]
            network_backend = "cni"
            cni_plugin_dirs = ["{Plugins}", "/usr/lib/cni"]
            network_config_dir = "{Networks}"
            default_network = "{Network}"
            """);
        File.WriteAllText(Conflist, BridgeConflist());
    }

    /// <summary>A bridge with addresses of both families, and the machine itself as the gateway.</summary>
    /// <param name="chained">Plugins that follow, each a JSON object.</param>
    public string BridgeConflist(params IEnumerable<string> chained) => $$"""
        {
          "cniVersion": "0.4.0",
          "name": "{{Network}}",
          "plugins": [
            {{string.Join(",\n    ", chained.Prepend(Bridge()))}}
          ]
        }
        """;

    private string Bridge() => $$"""
        {
              "type": "bridge", "bridge": "mesh0", "isGateway": true,
              "ipam": {
                "type": "host-local", "dataDir": "{{Addresses}}",
                "ranges": [[{"subnet": "{{IPv4}}"}], [{"subnet": "{{IPv6}}"}]],
                "routes": [{"dst": "0.0.0.0/0"}, {"dst": "::/0"}]
              }
            }
        """;

    private static string OpenFiles() =>
        File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4] is var limit && long.TryParse(limit, CultureInfo.InvariantCulture, out var most)
            ? Math.Min(most, 20000).ToString(CultureInfo.InvariantCulture)
            : "20000";
}
