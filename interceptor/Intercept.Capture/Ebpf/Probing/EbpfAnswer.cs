using System.Text.Json;

namespace Intercept.Capture.Ebpf.Probing;

/// <param name="Detail">For a person: what is missing, where, and what to do about it.</param>
public sealed record EbpfAnswer(EbpfReason Reason, string Detail)
{
    public bool IsUsable => Reason is EbpfReason.Works or EbpfReason.Attaches;

    /// <summary>"no_bpffs": for JSON and metrics.</summary>
    public string Label => JsonNamingPolicy.SnakeCaseLower.ConvertName(Reason.ToString());

    public override string ToString() => Detail;
}
