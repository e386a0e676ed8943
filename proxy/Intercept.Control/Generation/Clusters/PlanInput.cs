using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Security;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Clusters;

/// <summary>What, besides the service itself, its clusters are made of.</summary>
/// <param name="Rules">The first has the policy; the subsets are those of all.</param>
/// <param name="RetryBudget">Of a ServiceProfile.</param>
/// <param name="PeerAuthentications">All, if any of them turns mTLS off somewhere; else none: they do not matter.</param>
internal sealed record PlanInput(
    ValueList<DestinationRule> Rules,
    RetryBudget? RetryBudget,
    ValueList<PeerAuthentication> PeerAuthentications,
    ProxyDialect Dialect,
    MeshOptions Options);
