using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>The kinds of which only the metadata is wanted.</summary>
internal static class CoreReader
{
    public static MeshNamespace ReadNamespace(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("spec", "status");
        return new MeshNamespace(meta.Name, meta.Labels, meta.Origin);
    }

    public static ServiceAccount ReadServiceAccount(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("secrets", "imagePullSecrets", "automountServiceAccountToken");
        return new ServiceAccount(meta.Namespace, meta.Name, meta.Origin);
    }
}
