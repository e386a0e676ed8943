using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>Collects the rules of one chain.</summary>
internal sealed class ChainBuilder(RuleTable table, RuleChain chain)
{
    private readonly ImmutableArray<CaptureRule>.Builder _rules = ImmutableArray.CreateBuilder<CaptureRule>();

    public RuleChain Chain => chain;

    public bool IsEmpty => _rules.Count == 0;

    public ImmutableArray<CaptureRule> Rules => _rules.ToImmutable();

    public void Add(RuleMatch match, RuleAction action, string why)
    {
        var family = (match.Source ?? match.Destination) is { } cidr ? FamilyOf(cidr) : RuleFamily.Both;

        // A range that holds every address of its family asks for the family only; iptables-save would print nothing for it.
        if (match.Source is { PrefixLength: 0 })
        {
            match = match with { Source = null };
        }

        if (match.Destination is { PrefixLength: 0 })
        {
            match = match with { Destination = null };
        }

        _rules.Add(new CaptureRule(table, chain, family, match, action, $"intercept: {why}"));
    }

    /// <summary>One rule for each excluded interface: first in its chain, so that nothing else sees what passes there.</summary>
    public void ReturnInterfaces(IEnumerable<string> interfaces, bool incoming, string why)
    {
        foreach (var name in interfaces)
        {
            Add(incoming ? new RuleMatch { InInterface = name } : new RuleMatch { OutInterface = name }, RuleAction.Return, why);
        }
    }

    public void ReturnPorts(ImmutableArray<PortRange> ports, RuleProtocol protocol, string why)
    {
        foreach (var range in ports)
        {
            Add(new RuleMatch { Protocol = protocol, DestinationPorts = range }, RuleAction.Return, $"{why} {range}");
        }
    }

    /// <summary>One rule for each way to recognise the proxy.</summary>
    public void ForEachIdentity(CaptureConfiguration configuration, RuleMatch match, RuleAction action, string why)
    {
        foreach (var uid in configuration.ProxyUids)
        {
            Add(match with { Uid = uid }, action, $"{why}, uid {uid}");
        }

        foreach (var gid in configuration.ProxyGids)
        {
            Add(match with { Gid = gid }, action, $"{why}, gid {gid}");
        }
    }

    private static RuleFamily FamilyOf(Cidr cidr) => cidr.IsIPv6 ? RuleFamily.IPv6 : RuleFamily.IPv4;
}
