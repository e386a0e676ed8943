using System.Collections.Immutable;

namespace Intercept.Capture.Iptables;

/// <param name="IsBuiltIn">PREROUTING and OUTPUT, which hold other people's rules beside the jump to ours.</param>
/// <param name="Rules">`-A NAME ...` as iptables-save prints it.</param>
public sealed record IptablesChain(string Name, bool IsBuiltIn, ImmutableArray<string> Rules);
