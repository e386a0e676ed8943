using System.Collections.Immutable;
using System.IO.Enumeration;
using Intercept.Capture.Pods;

namespace Intercept.Cni.Configuration;

/// <summary>The conflist's own choice of pods, for nodes without an agent. Names with * and ? as in a shell.</summary>
/// <param name="All">Every pod that is not excluded.</param>
/// <param name="Pods">Empty is any.</param>
/// <param name="Namespaces">Empty is any.</param>
internal sealed record PodSelectors(bool All, ImmutableArray<string> Pods, ImmutableArray<string> Namespaces)
{
    public bool IsEmpty => !All && Pods.IsEmpty && Namespaces.IsEmpty;

    /// <summary>Both lists must hold the pod where both are given.</summary>
    public bool Select(PodIdentity pod) => All || (!IsEmpty && Matches(Pods, pod.Name) && Matches(Namespaces, pod.Namespace));

    private static bool Matches(ImmutableArray<string> patterns, string name) =>
        patterns.IsEmpty || patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
}
