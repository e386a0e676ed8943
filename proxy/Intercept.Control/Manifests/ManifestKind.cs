using System.Collections.Immutable;
using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;

namespace Intercept.Control.Manifests;

/// <summary>A kind that is read.</summary>
/// <param name="Group">The API group; empty for the core.</param>
/// <param name="Versions">Those that say the same as the first, which is the one to ask an API server for.</param>
/// <param name="Plural">Its name in the API's paths.</param>
/// <param name="NameForm">What its objects may be called.</param>
/// <param name="Read">Fills in the value from the fields beside apiVersion, kind and metadata.</param>
internal sealed record ManifestKind(
    string Kind, string Group, ImmutableArray<string> Versions, string Plural, TextForm NameForm, Func<Fields, ResourceMeta, object?> Read)
{
    public bool IsNamespaced => Kind != "Namespace";

    /// <summary>Kubernetes' own, which the API server checks itself.</summary>
    public bool IsCore => Group.Length == 0 || Group == "discovery.k8s.io";
}
