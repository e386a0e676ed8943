using System.Globalization;
using Intercept.Control.Model;

namespace Intercept.Control.Manifests.Reading;

/// <summary>The metadata that every object has.</summary>
internal static class MetadataReader
{
    private const string DefaultNamespace = "default";

    /// <returns>Null when the object cannot be named.</returns>
    public static ResourceMeta? Read(Fields fields, ManifestKind kind, Origin origin)
    {
        fields.Require("metadata", "a mapping with a name");
        return fields.Object("metadata", metadata => ReadFields(metadata, kind, origin));
    }

    private static ResourceMeta? ReadFields(Fields fields, ManifestKind kind, Origin origin)
    {
        fields.Ignore(
            "uid", "resourceVersion", "generation", "generateName", "managedFields", "ownerReferences", "finalizers", "selfLink",
            "deletionTimestamp", "deletionGracePeriodSeconds", "clusterName");
        var name = fields.RequiredText("name", kind.NameForm);
        var inNamespace = fields.Text("namespace", Forms.Label) ?? DefaultNamespace;
        var labels = fields.TextMap("labels", Forms.LabelKey, Forms.LabelValue);
        var annotations = fields.TextMap("annotations", Forms.LabelKey, Forms.Any);
        var created = fields.Parsed("creationTimestamp", _time);
        return name.Length == 0 ? null : new ResourceMeta(kind.IsNamespaced ? inNamespace : "", name, labels, annotations, created, origin);
    }

    private static readonly ParsedForm<DateTimeOffset> _time = new(
        (string text, out DateTimeOffset value) => DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value),
        "is not a time", "2026-01-31T12:00:00Z");
}
