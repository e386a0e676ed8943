using Intercept.Control.CommandLine;
using Intercept.Control.Manifests;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

/// <summary>From flags to where manifests come from.</summary>
internal static class Sources
{
    public static IMeshSource Open(ServeOptions options, TimeProvider time, ILogger log) =>
        new ManifestFolder(options.Manifests!, OptionsOf(options.Mesh), time, log);

    public static MeshOptions OptionsOf(MeshFlags mesh) => new()
    {
        TrustDomain = mesh.TrustDomain.Name,
        ClusterDomain = mesh.ClusterDomain,
        RootNamespace = mesh.RootNamespace,
    };
}
