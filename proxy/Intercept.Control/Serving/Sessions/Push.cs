using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>One response, to be written next.</summary>
/// <param name="Updated">Resources in it.</param>
internal sealed record Push<TResponse>(ResourceType Type, TResponse Response, int Updated, int Removed);
