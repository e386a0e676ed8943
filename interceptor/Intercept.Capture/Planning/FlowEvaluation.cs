using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Planning;

/// <summary>
/// Interprets the rules of a plan for one flow as the kernel would: hook by hook, table by table. It knows what a table, a jump and a
/// return are, and nothing about what the rules are for.
/// </summary>
internal sealed class FlowEvaluation(CapturePlan plan, Flow flow)
{
    private readonly ImmutableArray<int>.Builder _path = ImmutableArray.CreateBuilder<int>();
    private uint _mark = flow.Mark;
    private uint _connectionMark = flow.ConnectionMark;
    private uint _zone;
    private int _lastReturn = -1;
    private int _capturedBy = -1;
    private NetEndpoint _destination = flow.Destination;
    private bool _incoming;

    private enum Verdict
    {
        /// <summary>The chain ended or returned: its caller goes on.</summary>
        Continue,

        /// <summary>This table is done with the packet.</summary>
        Accept,
        Captured,
        Dropped,
        Refused,
    }

    public Explanation Run()
    {
        // NAT decided on output holds for the connection: the nat table is not asked again when the packet comes out of lo.
        var verdict = flow.IsLocal
            ? RunHook(RuleChain.Output, withNat: true)
            : RunHook(RuleChain.Prerouting, withNat: true);
        if (verdict == Verdict.Continue && flow.IsLocal && flow.Interface == "lo")
        {
            var decided = _lastReturn;
            verdict = RunHook(RuleChain.Prerouting, withNat: false);
            _lastReturn = decided;
        }

        return verdict switch
        {
            Verdict.Captured => Result(FlowOutcome.Captured, plan.Rules[_capturedBy].Action.Port, _capturedBy),
            Verdict.Dropped => Result(FlowOutcome.Dropped, 0, _path[^1]),
            Verdict.Refused => Result(FlowOutcome.Refused, 0, _path[^1]),
            _ => Result(FlowOutcome.Passed, 0, _lastReturn),
        };
    }

    private Explanation Result(FlowOutcome outcome, ushort port, int rule) =>
        new(outcome, port, rule, _path.ToImmutable(), _zone, _mark);

    private Verdict RunHook(RuleChain hook, bool withNat)
    {
        _incoming = hook == RuleChain.Prerouting;
        foreach (var table in Enum.GetValues<RuleTable>())
        {
            // NAT is decided by the first packet of a connection; an invalid packet belongs to none.
            if (table == RuleTable.Nat && (!withNat || flow.State != ConnectionState.New))
            {
                continue;
            }

            var verdict = RunChain(table, hook);
            if (verdict is Verdict.Dropped or Verdict.Refused)
            {
                return verdict;
            }

            if (verdict == Verdict.Captured)
            {
                _capturedBy = _path[^1];
                if (_incoming)
                {
                    return verdict;
                }

                // The tables that follow see the packet on its way to the proxy.
                var loopback = flow.IsIPv6 ? NetAddress.LoopbackIPv6 : NetAddress.LoopbackIPv4;
                _destination = new NetEndpoint(loopback, plan.Rules[_capturedBy].Action.Port);
            }
        }

        return _capturedBy < 0 ? Verdict.Continue : Verdict.Captured;
    }

    private Verdict RunChain(RuleTable table, RuleChain chain)
    {
        for (var index = 0; index < plan.Rules.Length; index++)
        {
            var rule = plan.Rules[index];
            if (rule.Table != table || rule.Chain != chain || !rule.AppliesTo(flow.IsIPv6) || !Matches(rule.Match))
            {
                continue;
            }

            _path.Add(index);
            switch (rule.Action.Verb)
            {
                case RuleVerb.Return:
                    _lastReturn = table == RuleTable.Raw ? _lastReturn : index;
                    return Verdict.Continue;
                case RuleVerb.Accept:
                    return Verdict.Accept;
                case RuleVerb.Drop:
                    return Verdict.Dropped;
                case RuleVerb.Refuse:
                    return Verdict.Refused;
                case RuleVerb.Goto:
                    return RunChain(table, rule.Action.Chain);
                case RuleVerb.Jump:
                    var inner = RunChain(table, rule.Action.Chain);
                    if (inner != Verdict.Continue)
                    {
                        return inner;
                    }

                    break;
                case RuleVerb.Redirect:
                    return Verdict.Captured;
                case RuleVerb.Tproxy:
                    _mark = rule.Action.Number;
                    return Verdict.Captured;
                case RuleVerb.SetMark:
                    _mark = rule.Action.Number;
                    break;
                case RuleVerb.SaveMark:
                    _connectionMark = _mark;
                    break;
                case RuleVerb.RestoreMark:
                    _mark = _connectionMark;
                    break;
                case RuleVerb.ConntrackZone:
                    _zone = _zone == 0 ? rule.Action.Number : _zone;
                    break;
                default:
                    throw new InvalidOperationException($"the rule '{rule.Comment}' does {rule.Action.Verb}, which no packet can");
            }
        }

        return Verdict.Continue;
    }

    private bool Matches(RuleMatch match) =>
        (match.Source is not { } source || source.Contains(flow.Source.Address))
        && (match.Destination is not { } destination || destination.Contains(_destination.Address))
        && (match.InInterface is not { } incoming || (_incoming && incoming == flow.Interface))
        && (match.OutInterface is not { } outgoing || (!_incoming && outgoing == flow.Interface))
        && (match.Protocol is not { } protocol || protocol == flow.Protocol)
        && (match.SourcePorts is not { } sourcePorts || sourcePorts.Contains(flow.Source.Port))
        && (match.DestinationPorts is not { } ports || ports.Contains(_destination.Port))
        && (match.Uid is not { } uid || (!_incoming && uid == flow.Uid))
        && (match.Gid is not { } gid || (!_incoming && gid == flow.Gid))
        && (match.Mark is not { } mark || mark == _mark)
        && (match.ConnectionMark is not { } connectionMark || connectionMark == _connectionMark)

        // A flow is asked about by its first packet, which is nobody's answer.
        && !match.IsReply
        && (!match.IsTranslated || _capturedBy >= 0)
        && (match.ConnectionState == ConnectionState.None || (match.ConnectionState & flow.State) != 0);
}
