using Intercept.Core.Outcomes;
using Intercept.Runtime.Sockets;

namespace Intercept.Proxy.Upstreams;

/// <summary>A connection to an upstream, handshake done, or why there is none.</summary>
internal readonly record struct UpstreamResult(StreamSocket? Socket, CloseReason Reason, string Detail)
{
    public static UpstreamResult Opened(StreamSocket socket) => new(socket, CloseReason.None, "");

    public static UpstreamResult Failed(CloseReason reason, string detail = "") => new(null, reason, detail);
}
