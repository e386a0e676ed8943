using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// The ordered rules for one configuration, and the routing they rely on. Pure: the backends render it,
/// <see cref="FlowEvaluation"/> interprets it, and real connections in the test suite show that all of them agree.
/// </summary>
public sealed record CapturePlan(CaptureConfiguration Configuration, ImmutableArray<CaptureRule> Rules, RoutingPlan Routing)
{
    /// <summary>From here the proxy calls the application when it passes a connection through: captured again it would loop.</summary>
    public static NetAddress PassthroughIPv4 { get; } = NetAddress.Parse("127.0.0.6");

    /// <inheritdoc cref="PassthroughIPv4"/>
    public static NetAddress PassthroughIPv6 { get; } = NetAddress.Parse("::6");

    public static CapturePlan Create(CaptureConfiguration configuration)
    {
        var problems = CaptureConfigurationRules.Check(configuration);
        if (!problems.IsEmpty)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(configuration));
        }

        var rules = RawRules.Create(configuration)
            .AddRange(MangleRules.Create(configuration))
            .AddRange(NatInboundRules.Create(configuration))
            .AddRange(NatOutboundRules.Create(configuration))
            .AddRange(UdpPolicyRules.Create(configuration));
        return new CapturePlan(configuration, rules, CreateRouting(configuration));
    }

    /// <summary>What happens to this flow, and which rule decides.</summary>
    public Explanation Explain(Flow flow) => new FlowEvaluation(this, flow).Run();

    private static RoutingPlan CreateRouting(CaptureConfiguration configuration)
    {
        ImmutableArray<MarkRoute> routes = configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true }
            ? [new(false, configuration.TproxyMark, configuration.TproxyTable), new(true, configuration.TproxyMark, configuration.TproxyTable)]
            : [];
        ImmutableArray<Cidr> addresses = configuration.CaptureSelfCalls ? [new(PassthroughIPv6, 128)] : [];
        return new RoutingPlan(routes, addresses);
    }
}
