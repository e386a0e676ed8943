using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>
/// The rules of one stream, without the stream: responses go in, requests come out. A session begins and ends with its
/// stream, since nonces do.
/// </summary>
internal interface IDiscoverySession<TRequest, in TResponse>
{
    /// <summary>
    /// The requests for what is wanted and not asked for yet, in the order of types; none when nothing changed. The first
    /// call opens the conversation.
    /// </summary>
    ImmutableArray<TRequest> Ask();

    /// <summary>Hands the response to the receiver and says what is to be sent for it, in that order.</summary>
    SessionAnswer<TRequest> Answer(TResponse response);
}
