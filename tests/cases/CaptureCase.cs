using System.Collections.Immutable;
using System.IO.Enumeration;
using Intercept.Capture.Configuration;

namespace Intercept.Tests.Cases;

/// <summary>
/// One configuration, as the flags and variables of a pod spec, and what must become of every flow, written down by hand.
/// Expectations are lines such as "app>service:*/tcp/* peer>* = outbound": flow names with * for any text, then the outcome. A later
/// line overrides an earlier one, and what no line names passes.
/// </summary>
public sealed class CaptureCase
{
    private readonly ImmutableArray<(string Pattern, CaseOutcome Outcome)> _expectations;

    public CaptureCase(string name, string arguments, params string[] expectations)
    {
        Name = name;
        Arguments = [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word)];
        _expectations = [.. expectations.SelectMany(Read)];
    }

    public string Name { get; }

    /// <summary>For `intercept-init install`.</summary>
    public ImmutableArray<string> Arguments { get; }

    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The pod's /etc/resolv.conf.</summary>
    public string ResolvConf { get; init; } = $"nameserver {CaseWorld.Resolver.IPv4}\nnameserver {CaseWorld.Resolver.IPv6}\n";

    public ushort OutboundPort { get; init; } = 15001;

    public ushort InboundPort { get; init; } = 15006;

    public ushort DnsPort { get; init; } = 15053;

    public ImmutableArray<string> Patterns => [.. _expectations.Select(expectation => expectation.Pattern)];

    /// <summary>Whether the inbound listener must be IP_TRANSPARENT.</summary>
    public bool IsTproxy => Arguments.Contains("TPROXY") || Environment.ContainsValue("TPROXY");

    /// <summary>This host as the case has it: Debian's groups, no istio-proxy user.</summary>
    public HostFacts Host => new(static _ => null, static name => name == "proxied" ? 2001 : null, ResolvConf);

    public CaseOutcome Expected(FlowCase flow) =>
        _expectations.LastOrDefault(entry => FileSystemName.MatchesSimpleExpression(entry.Pattern, flow.Name, ignoreCase: false)).Outcome;

    /// <summary>The port where the flow must arrive at the proxy; 0 when it must not.</summary>
    public ushort PortOf(CaseOutcome outcome) => outcome switch
    {
        CaseOutcome.Outbound => OutboundPort,
        CaseOutcome.Inbound => InboundPort,
        CaseOutcome.Dns => DnsPort,
        _ => 0,
    };

    public override string ToString() => Name;

    private static IEnumerable<(string Pattern, CaseOutcome Outcome)> Read(string line)
    {
        var equals = line.LastIndexOf('=');
        var outcome = Enum.Parse<CaseOutcome>(line[(equals + 1)..].Trim(), ignoreCase: true);
        return line[..equals].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pattern => (pattern, outcome));
    }
}
