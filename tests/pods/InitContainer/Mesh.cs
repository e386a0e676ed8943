using Intercept.Tests.Pods.Containers;
using Intercept.Tests.Unit;
using k8s;
using k8s.Models;

namespace Intercept.Tests.Pods.InitContainer;

/// <summary>
/// The mesh of deploy/kubernetes on a machine: the control plane with the manifests of deploy/examples/shop, the server, and the client
/// that policy lets in. Of the files only what a cluster would give is filled in: addresses, tokens, the control plane's roots.
/// </summary>
public sealed class Mesh(Machine machine) : IAsyncLifetime
{
    public const string ServerAddress = "10.77.0.20";
    public const string ServiceAddress = "10.77.0.101";
    public const string Greeting = "hello from the server";

    private const string Control = "istiod-intercept-control";
    private const string ControlAddress = "10.77.0.2";

    private readonly List<string> _pods = [];

    public Machine Machine { get; } = machine;

    private string Folder => Path.Combine(Machine.Files.Mounts, "mesh");

    private string MeshMap => Path.Combine(Folder, "mesh.yaml");

    private string RootsMap => Path.Combine(Folder, "roots.yaml");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        await StartControlAsync();
        await PlayAsync("server.yaml", "server", "shop", ServerAddress, "fd77::20");
        await PlayAsync("application.yaml", "client", "front", "10.77.0.10", "fd77::10");
        await ReadyAsync("server", ServerAddress);
        await ReadyAsync("client", "10.77.0.10");
    }

    public async Task DisposeAsync()
    {
        foreach (var pod in Enumerable.Reverse(_pods))
        {
            await Machine.RemoveAsync(pod);
        }

        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Starts a pod of a file under another name or with another change, which is removed with the mesh.</summary>
    /// <param name="account">Its service account, the name where it is not given.</param>
    public async Task<Finished> TryPlayAsync(
        string file, string name, string space, IReadOnlyList<string> addresses, Action<V1Pod>? change = null, string? account = null)
    {
        var tokens = await TokenAsync(space, account ?? name);
        var manifest = new PodmanForm(addresses, tokens).Of(file, pod =>
        {
            (pod.Metadata.Name, pod.Spec.ServiceAccountName) = (name, account ?? name);
            change?.Invoke(pod);
        });
        _pods.Add(name);
        return await Machine.PlayAsync(manifest, addresses, "--configmap", MeshMap, "--configmap", RootsMap);
    }

    /// <summary>Removes a pod before the mesh ends.</summary>
    public async Task RemoveAsync(string pod)
    {
        _pods.Remove(pod);
        await Machine.RemoveAsync(pod);
    }

    public Task ReadyAsync(string pod, string address) => Patience.UntilAsync(
        async () => (await Machine.RunAsync("curl", "-sf", "--max-time", "2", $"http://{address}:15021/healthz/ready")).ExitCode == 0,
        async () => $"the proxy of {pod} does not become ready:\n{await Machine.LogsAsync($"{pod}-intercept-init")}{await Machine.LogsAsync($"{pod}-intercept-proxy")}");

    private async Task PlayAsync(string file, string name, string space, params IReadOnlyList<string> addresses) =>
        (await TryPlayAsync(file, name, space, addresses)).Must();

    private async Task StartControlAsync()
    {
        var manifests = new V1ConfigMap
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta { Name = "intercept-manifests" },
            Data = Directory.GetFiles(Path.Combine(Repository.Root, "deploy/examples/shop")).ToDictionary(file => Path.GetFileName(file), File.ReadAllText),
        };
        var maps = Path.Combine(Folder, "manifests.yaml");
        await File.WriteAllTextAsync(maps, KubernetesYaml.Serialize(manifests));
        _pods.Add("istiod");
        string[] addresses = [ControlAddress, "fd77::2"];
        (await Machine.PlayAsync(new PodmanForm(addresses, Folder).Of("control.yaml"), addresses, "--configmap", maps)).Must();
        await Patience.UntilAsync(
            async () => (await Machine.RunAsync("curl", "-sf", "--max-time", "2", $"http://{ControlAddress}:15014/ready")).ExitCode == 0,
            async () => $"intercept-control does not become ready:\n{await Machine.LogsAsync(Control)}");

        var roots = Path.Combine(Folder, "root-cert.pem");
        (await Machine.PodmanAsync("cp", $"{Control}:/var/lib/intercept-control/root-cert.pem", roots)).Must();
        var trusted = new V1ConfigMap
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta { Name = "istio-ca-root-cert" },
            Data = new Dictionary<string, string> { ["root-cert.pem"] = await File.ReadAllTextAsync(roots) },
        };

        // There is no DNS of a cluster here.
        var mesh = PodmanForm.Read("mesh.yaml").OfType<V1ConfigMap>().Single();
        mesh.Data = mesh.Data.ToDictionary(entry => entry.Key, entry => entry.Value.Replace("istiod.istio-system.svc", ControlAddress, StringComparison.Ordinal));
        await File.WriteAllTextAsync(MeshMap, KubernetesYaml.Serialize(mesh));
        await File.WriteAllTextAsync(RootsMap, KubernetesYaml.Serialize(trusted));
    }

    /// <returns>The directory with the token, which the proxy's user alone can read.</returns>
    private async Task<string> TokenAsync(string space, string account)
    {
        var directory = Path.Combine(Folder, $"token-{account}");
        Directory.CreateDirectory(directory);
        var token = (await Machine.ExecAsync(
            Control, "/usr/local/bin/intercept-control", "token", "create", "--state-dir", "/var/lib/intercept-control/state",
            "--identity", $"spiffe://cluster.local/ns/{space}/sa/{account}")).Must();
        var file = Path.Combine(directory, "istio-token");
        if (File.Exists(file))
        {
            return directory;
        }

        await File.WriteAllTextAsync(file, token);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        await Programs.MustAsync("chown", "1337:1337", file);
        return directory;
    }
}
