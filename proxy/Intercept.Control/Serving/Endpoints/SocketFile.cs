using System.Net.Sockets;
using Intercept.Core.Problems;

namespace Intercept.Control.Serving.Endpoints;

/// <summary>The file of a Unix socket: one that a killed process left is taken away, one that is in use is not.</summary>
internal static class SocketFile
{
    // sun_path, with its zero.
    private const int MaximumLength = 107;

    /// <summary>Anybody may connect: the kernel says who does, and the authenticator who may what.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <returns>Null, or why nothing can be served there.</returns>
    public static Problem? Clear(string path)
    {
        if (path.Length > MaximumLength)
        {
            return Problem(path, $"is longer than a socket's path may be", $"{MaximumLength} characters");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (!File.Exists(path))
            {
                return null;
            }

            if (File.GetAttributes(path).HasFlag(FileAttributes.Directory) || new FileInfo(path).Length > 0)
            {
                return Problem(path, "is there and is no socket", "a path that nothing has");
            }

            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                probe.Connect(new UnixDomainSocketEndPoint(path));
                return Problem(path, "is in use by another process", "a path of its own for each control plane");
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(path);
                return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException)
        {
            return Problem(path, $"cannot be used: {e.Message}", "a path in a folder that this user may write");
        }
    }

    /// <summary>After it was bound.</summary>
    public static void Open(string path) => File.SetUnixFileMode(path, Mode);

    private static Problem Problem(string path, string why, string allowed) => new("command line", 0, "--socket", path, why, allowed);
}
