using System.Collections.Immutable;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>Collects what a probe finds out. A direction without an answer is still open.</summary>
internal sealed class EbpfReport
{
    private readonly List<EbpfAnswer> _outbound = [];
    private readonly List<EbpfAnswer> _inbound = [];

    public bool OutboundIsOpen => _outbound.Count == 0;

    public bool InboundIsOpen => _inbound.Count == 0;

    public bool AnyIsOpen => OutboundIsOpen || InboundIsOpen;

    public void Both(EbpfReason reason, string detail)
    {
        Outbound(reason, detail);
        Inbound(reason, detail);
    }

    public void Outbound(EbpfReason reason, string detail) => _outbound.Add(new EbpfAnswer(reason, detail));

    public void Inbound(EbpfReason reason, string detail) => _inbound.Add(new EbpfAnswer(reason, detail));

    /// <summary>Says of each direction that has no answer yet.</summary>
    public void Rest(EbpfReason reason, string detail)
    {
        if (OutboundIsOpen)
        {
            Outbound(reason, detail);
        }

        if (InboundIsOpen)
        {
            Inbound(reason, detail);
        }
    }

    public EbpfFindings ToFindings(TimeSpan took) => new(Finding(_outbound), Finding(_inbound), took);

    private static EbpfFinding Finding(List<EbpfAnswer> answers) => new([.. answers.OrderBy(answer => answer.Reason).ToImmutableArray()]);
}
