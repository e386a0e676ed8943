namespace Intercept.Capture.Attachments;

/// <param name="Attachment">Null where the file cannot be read.</param>
/// <param name="Failure">Why it cannot; null where it can.</param>
public sealed record AttachmentFile(string Path, Attachment? Attachment, string? Failure)
{
    /// <summary>CONTAINER-INTERFACE, by which an attachment that cannot be read is still known.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);
}
