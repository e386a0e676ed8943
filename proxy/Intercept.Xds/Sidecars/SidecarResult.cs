using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Xds.Sidecars;

/// <summary>A configuration, or everything that is wrong with the environment: never both, never neither.</summary>
public sealed record SidecarResult(SidecarConfiguration? Configuration, ImmutableArray<Problem> Problems);
