using Grpc.Core;

namespace Intercept.Xds.Discovery;

/// <summary>How a stream ended.</summary>
/// <param name="Code">OK when the server closed it.</param>
/// <param name="HasAnswered">The server had sent a response.</param>
/// <param name="IsBroken">The connection failed: the server did not say that it ends.</param>
internal readonly record struct StreamEnd(StatusCode Code, string Why, bool HasAnswered, bool IsBroken = false)
{
    /// <summary>
    /// The server answers, and the next stream may work at once. Not so when a response was larger than is taken, or
    /// could not be read: it would come again.
    /// </summary>
    public bool IsPassing => HasAnswered && Code is not (StatusCode.ResourceExhausted or StatusCode.Internal);
}
