using Intercept.Core.Identity;

namespace Intercept.Control.CommandLine;

/// <summary>What holds for the whole mesh and stands in no manifest.</summary>
internal sealed record MeshFlags(TrustDomain TrustDomain, string RootNamespace, string ClusterDomain);
