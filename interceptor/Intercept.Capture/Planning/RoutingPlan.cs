using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>State outside the rule tables that the rules rely on.</summary>
/// <param name="LoopbackAddresses">To add to lo: IPv4 owns all of 127.0.0.0/8, IPv6 only ::1.</param>
public sealed record RoutingPlan(ImmutableArray<MarkRoute> MarkRoutes, ImmutableArray<Cidr> LoopbackAddresses)
{
    /// <summary>To route to lo, though no interface has an address of it. IPv6.</summary>
    public ImmutableArray<Cidr> LocalRanges { get; init; } = [];
}
