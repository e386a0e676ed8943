using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Intercept.Xds.Transport;

/// <summary>Why a call ended, in few words: gRPC puts the reason under layers of its own.</summary>
internal static class CallFailure
{
    // A server may say anything.
    private const int MaxLength = 512;

    public static string Describe(RpcException failure)
    {
        var cause = failure.Status.DebugException is { } below ? Innermost(below) : null;
        var why = cause is not null ? cause.Message : $"{failure.StatusCode}: {failure.Status.Detail}";
        return why.Length > MaxLength ? string.Concat(why.AsSpan(0, MaxLength), "...") : why;
    }

    /// <summary>It was not the server that ended the call: there is no connection, or it broke.</summary>
    public static bool IsOfConnection(RpcException failure) => failure.Status.DebugException is not null;

    private static Exception Innermost(Exception failure)
    {
        var cause = failure;
        while (cause.InnerException is { } inner && cause is not (SocketException or AuthenticationException))
        {
            cause = inner;
        }

        return cause;
    }
}
