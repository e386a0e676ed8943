using System.Collections.Immutable;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>The clusters of a plan, and the TLS contexts that they use.</summary>
internal sealed record PlannedClusters(ImmutableDictionary<string, ClusterPlan> ByName, ImmutableArray<TlsSource> Sources);
