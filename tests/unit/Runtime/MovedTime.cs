namespace Intercept.Tests.Unit.Runtime;

/// <summary>Begins now, as certificates do, and goes on when the test says so. What sleeps until then must be woken besides.</summary>
internal sealed class MovedTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _passed);

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    public void Pass(TimeSpan time) => Interlocked.Add(ref _passed, time.Ticks);
}
