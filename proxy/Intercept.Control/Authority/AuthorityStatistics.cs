namespace Intercept.Control.Authority;

/// <summary>What metrics and status show. Any thread.</summary>
internal sealed class AuthorityStatistics
{
    private readonly long[] _refused = new long[Enum.GetValues<RefusalReason>().Length];
    private long _issued;

    public long Issued => Interlocked.Read(ref _issued);

    public long Refused(RefusalReason reason) => Interlocked.Read(ref _refused[(int)reason]);

    public void CountIssued() => Interlocked.Increment(ref _issued);

    public void CountRefused(RefusalReason reason) => Interlocked.Increment(ref _refused[(int)reason]);
}
