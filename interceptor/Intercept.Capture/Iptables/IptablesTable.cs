using System.Collections.Immutable;

namespace Intercept.Capture.Iptables;

public sealed record IptablesTable(string Name, ImmutableArray<IptablesChain> Chains);
