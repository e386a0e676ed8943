using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Problems;

namespace Intercept.Xds.Resources;

/// <summary>A resource as the proxy uses it, or everything that is wrong with it.</summary>
/// <param name="Ignored">What in it has no effect.</param>
/// <param name="Secrets">The secrets that it asks the control plane for.</param>
internal sealed record TranslatedResource<T>(
    T? Value, ImmutableArray<Problem> Problems, ImmutableArray<IgnoredField> Ignored, ImmutableArray<string> Secrets)
    where T : class
{
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsAccepted => Problems.IsEmpty;
}
