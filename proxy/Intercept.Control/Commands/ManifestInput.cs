using Intercept.Control.Authentication;
using Intercept.Control.CommandLine;
using Intercept.Control.Kubernetes;
using Intercept.Control.Manifests;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Intercept.Core.Problems;
using k8s.Exceptions;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

/// <summary>Where manifests come from; and in a cluster the API, which knows callers as well.</summary>
internal sealed class ManifestInput : IDisposable
{
    private readonly ApiServer? _server;

    private ManifestInput(IMeshSource source, ApiServer? server)
    {
        Source = source;
        _server = server;
        Kubernetes = server is null ? null : new KubernetesCalls(server.SendAsync);
    }

    public IMeshSource Source { get; }

    /// <summary>Null outside a cluster.</summary>
    public KubernetesCalls? Kubernetes { get; }

    /// <returns>Null when the API server is not known; then a problem says why.</returns>
    public static ManifestInput? TryOpen(ServeOptions options, List<Problem> problems, TimeProvider time, ILogger log)
    {
        if (options.Manifests is { } folder)
        {
            return new ManifestInput(new ManifestFolder(folder, OptionsOf(options.Mesh), time, log), null);
        }

        try
        {
            var server = options.Kubeconfig is null && options.Context is null ? ApiServer.InCluster() : ApiServer.FromKubeconfig(options.Kubeconfig, options.Context);
            return new ManifestInput(new KubernetesSource(server, OptionsOf(options.Mesh), time, log), server);
        }
        catch (Exception failure) when (failure is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem(
                "command line", 0, FlagTable.Kubernetes.LongForm, null, $"does not find the API server: {failure.Message}",
                $"in a pod with a service account, or {FlagTable.Kubeconfig.LongForm} FILE"));
            return null;
        }
    }

    public static MeshOptions OptionsOf(MeshFlags mesh) => new()
    {
        TrustDomain = mesh.TrustDomain.Name,
        ClusterDomain = mesh.ClusterDomain,
        RootNamespace = mesh.RootNamespace,
    };

    public void Dispose() => _server?.Dispose();
}
