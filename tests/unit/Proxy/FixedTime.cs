namespace Intercept.Tests.Unit.Proxy;

/// <summary>A clock that shows what the test sets; time stamps stay the system's.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
