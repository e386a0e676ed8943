using Intercept.Capture.Attachments;
using Intercept.Capture.Reporting;
using Intercept.Node.Reporting;

namespace Intercept.Node.Agent;

/// <summary>What the agent has seen of one attachment.</summary>
internal sealed record PodRecord(Attachment Attachment)
{
    public string State { get; init; } = PodStatus.Unknown;

    public DateTimeOffset? Verified { get; init; }

    public long Repairs { get; init; }

    public string? Problem { get; init; }

    public PodStatus ToStatus(string stateDirectory) => new(
        Attachment.Pod.Namespace,
        Attachment.Pod.Name,
        Attachment.Pod.Uid,
        Attachment.ContainerId,
        Attachment.NetworkNamespace,
        State,
        Backend(stateDirectory),
        Attachment.Reason,
        Attachment.Since,
        Verified,
        Repairs,
        Problem);

    private string? Backend(string stateDirectory) =>
        CaptureRecord.Read(stateDirectory, Attachment.NamespaceInode) is { Shares.Count: > 0 } record
            ? string.Join(", ", record.Shares.Select(share => share.Backend).Distinct())
            : null;
}
