using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <param name="Reason">The proxy's reasons for a rejection, or what is over the limit; else null.</param>
internal readonly record struct ReceivedRequest(RequestKind Kind, ResourceType? Type, string? Reason = null);
