using Intercept.Control.Generation.Inbound;
using Intercept.Control.Generation.Scoping;

namespace Intercept.Control.Generation;

/// <summary>All that the result depends on of a node: proxies that are equal in it get the same.</summary>
internal sealed record GenerationInputs(ProxyScope Scope, ServedWorkload Workload);
