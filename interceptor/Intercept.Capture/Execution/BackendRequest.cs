using Intercept.Capture.Configuration;

namespace Intercept.Capture.Execution;

/// <param name="Choice">--backend, or Nftables by --native-nftables.</param>
/// <param name="Variant">--force-iptables-binary or --iptables-mode; null to find out.</param>
public readonly record struct BackendRequest(BackendChoice Choice, IptablesVariant? Variant);
