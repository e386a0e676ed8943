using Intercept.Mesh.Policy;
using Intercept.Proxy.Stats;

namespace Intercept.Proxy.Plans;

/// <summary>One RBAC filter of a chain, with its counters.</summary>
internal readonly record struct RbacPlan(NetworkRbac Filter, RbacStats Stats);
