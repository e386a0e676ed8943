using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Capture.Ebpf;

/// <summary>Collects the entries of one pod, and which kinds of them there are.</summary>
internal sealed class EbpfPlanBuilder(uint id)
{
    private readonly ImmutableArray<PortRule>.Builder _ports = ImmutableArray.CreateBuilder<PortRule>();
    private readonly ImmutableArray<RangeRule>.Builder _ranges = ImmutableArray.CreateBuilder<RangeRule>();
    private readonly ImmutableArray<OwnerRule>.Builder _owners = ImmutableArray.CreateBuilder<OwnerRule>();
    private uint _kinds;

    public void Add(RuleKind kind, IEnumerable<PortRange> ranges)
    {
        foreach (var range in ranges)
        {
            AddPorts(kind, range);
        }
    }

    public void Add(RuleKind kind, IEnumerable<Cidr> ranges)
    {
        foreach (var range in ranges)
        {
            _ranges.Add(RangeRule.Of(id, kind, range));
            Has(kind);
        }
    }

    public void Add(RuleKind kind, IEnumerable<uint> owners)
    {
        foreach (var owner in owners)
        {
            _owners.Add(OwnerRule.Of(id, kind, owner));
            Has(kind);
        }
    }

    /// <param name="pod">Without its number and its kinds of rules.</param>
    public EbpfPlan Build(Pod pod) => new(
        pod with { Id = id, Rules = _kinds },
        _ports.ToImmutable(),
        _ranges.ToImmutable(),
        _owners.ToImmutable());

    // A range is at most thirty blocks of 1, 2, 4 ... ports, each beginning at a multiple of its size.
    private void AddPorts(RuleKind kind, PortRange range)
    {
        for (int first = range.First, size; first <= range.Last; first += size)
        {
            var bits = 16;
            for (size = 1; first % (2 * size) == 0 && first + (2 * size) - 1 <= range.Last; size *= 2)
            {
                bits--;
            }

            _ports.Add(PortRule.Of(id, kind, (ushort)first, bits));
            Has(kind);
        }
    }

    private void Has(RuleKind kind) => _kinds |= 1U << (int)kind;
}
