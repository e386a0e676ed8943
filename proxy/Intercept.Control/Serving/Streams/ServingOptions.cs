using Intercept.Control.Serving.Sessions;

namespace Intercept.Control.Serving.Streams;

/// <summary>Bounds of the streams together.</summary>
internal sealed record ServingOptions
{
    /// <summary>Proxies at once; one more is told to come back, and finds another control plane or another moment.</summary>
    public int Streams { get; init; } = 10_000;

    /// <summary>Bytes of a request. 100,000 names with their versions are less.</summary>
    public int RequestLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a stream may be open without saying who it is.</summary>
    public TimeSpan Introduction { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a proxy waits for the first model before it is told to come back.</summary>
    public TimeSpan FirstModel { get; init; } = TimeSpan.FromSeconds(10);

    public SessionLimits Session { get; init; } = new();
}
