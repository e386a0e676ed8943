namespace Intercept.Runtime.Http;

/// <summary>What one peer may cost. Requests here are short, and nobody's program depends on long ones.</summary>
public sealed record HttpLimits
{
    public static HttpLimits Default { get; } = new();

    /// <summary>Request line and headers.</summary>
    public int HeadLength { get; init; } = 8 * 1024;

    /// <summary>Of a body: curl -d sends one also where nobody reads it.</summary>
    public int BodyLength { get; init; } = 4 * 1024;

    /// <summary>One more takes the place of the oldest, so that whoever only holds connections locks nobody out.</summary>
    public int Connections { get; init; } = 64;

    /// <summary>From a request's first byte to its last, however they trickle.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between two requests, and before the first.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a peer to take in one answer.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(30);
}
