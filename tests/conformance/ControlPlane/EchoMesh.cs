using System.Net;
using System.Net.Sockets;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>Manifests of a gRPC service with pods on loopback, and the bootstrap of a client of it.</summary>
internal sealed class EchoMesh : IDisposable
{
    public const string Target = "echo.shop.svc.cluster.local:50051";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-conformance-").FullName;

    public EchoMesh()
    {
        Directory.CreateDirectory(Manifests);
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Any, 0));
        Port = ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    public string Manifests => Path.Combine(_folder, "manifests");

    /// <summary>That pods listen on.</summary>
    public int Port { get; }

    public string StateOf(string name) => Path.Combine(_folder, $"state-{name}");

    /// <summary>Written beside and renamed, as a good editor does.</summary>
    public void Write(params string[] addresses)
    {
        var text = $$$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: echo, namespace: shop}
            spec:
              clusterIP: 10.96.0.10
              selector: {app: echo}
              ports: [{name: grpc-echo, port: 50051, targetPort: {{{Port}}}}]
            """;
        foreach (var (address, number) in addresses.Select((address, number) => (address, number)))
        {
            text += $$$"""

                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: echo-{{{number}}}, namespace: shop, labels: {app: echo}}
                spec:
                  serviceAccountName: echo
                  containers: [{name: echo, image: echo, ports: [{containerPort: {{{Port}}}}]}]
                status: {phase: Running, podIP: {{{address}}}, conditions: [{type: Ready, status: "True"}]}
                """;
        }

        var path = Path.Combine(Manifests, "mesh.yaml");
        File.WriteAllText($"{path}.tmp", text + "\n");
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    /// <returns>The file's path, for GRPC_XDS_BOOTSTRAP.</returns>
    public string Bootstrap(RunningControlPlane plane)
    {
        var path = Path.Combine(_folder, $"bootstrap-{plane.ProcessId}.json");
        File.WriteAllText(path, $$$"""
            {
              "xds_servers": [{"server_uri": "{{{plane.Plaintext}}}", "channel_creds": [{"type": "insecure"}], "server_features": ["xds_v3"]}],
              "node": {"id": "sidecar~127.0.0.1~client.shop~shop.svc.cluster.local", "metadata": {"GENERATOR": "grpc"}, "locality": {"zone": "here"}}
            }
            """);
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
