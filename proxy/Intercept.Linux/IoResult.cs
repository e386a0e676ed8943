namespace Intercept.Linux;

/// <summary>The outcome of a read or write: bytes, would-block, end of stream, or an errno. Never an exception.</summary>
public readonly record struct IoResult
{
    private readonly int _value;

    private IoResult(IoStatus status, int value)
    {
        Status = status;
        _value = value;
    }

    public static IoResult WouldBlock => new(IoStatus.WouldBlock, 0);

    public static IoResult EndOfStream => new(IoStatus.EndOfStream, 0);

    public IoStatus Status { get; }

    public bool IsDone => Status == IoStatus.Done;

    /// <summary>0 unless <see cref="IsDone"/>.</summary>
    public int Bytes => Status == IoStatus.Done ? _value : 0;

    /// <summary>0 unless <see cref="IoStatus.Failed"/>.</summary>
    public int Errno => Status == IoStatus.Failed ? _value : 0;

    public static IoResult Done(int bytes) => new(IoStatus.Done, bytes);

    public static IoResult Failed(int errno) => new(IoStatus.Failed, errno);

    public override string ToString() => Status switch
    {
        IoStatus.Done => $"{_value} bytes",
        IoStatus.Failed => Linux.Errno.Describe(_value),
        _ => Status.ToString(),
    };
}
