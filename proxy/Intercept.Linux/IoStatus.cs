namespace Intercept.Linux;

/// <summary>What became of one attempt to move bytes.</summary>
public enum IoStatus : byte
{
    Done,
    WouldBlock,

    /// <summary>The peer ended its direction in good order: FIN, or close_notify under TLS.</summary>
    EndOfStream,

    Failed,
}
