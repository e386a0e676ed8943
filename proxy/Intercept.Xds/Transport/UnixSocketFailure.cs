using System.Net.Sockets;

namespace Intercept.Xds.Transport;

/// <summary>Why a Unix socket could not be connected to, with its path: .NET calls one that is missing an address that cannot be assigned.</summary>
internal static class UnixSocketFailure
{
    public static IOException Of(string path, SocketException failure) => new(failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{path}: nobody listens on this Unix socket",
        SocketError.AccessDenied => $"{path}: this user may not connect to the Unix socket: it takes write permission on it and search permission on its folders",
        _ when !Path.Exists(path) => $"{path}: there is no such Unix socket",
        _ => $"{path}: the Unix socket cannot be connected to: {failure.Message}",
    });
}
