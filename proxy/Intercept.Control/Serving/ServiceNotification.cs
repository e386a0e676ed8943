using System.Net.Sockets;
using System.Text;

namespace Intercept.Control.Serving;

/// <summary>sd_notify(3): tells systemd, where it started us, when we serve and when we end.</summary>
/// <param name="path">NOTIFY_SOCKET; null where nobody wants to know.</param>
internal sealed class ServiceNotification(string? path)
{
    public void Ready() => Send("READY=1\nSTATUS=serving");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (path is not { Length: > 1 })
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

            // An abstract name begins with a zero, which environments write as @.
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
        }
        catch (SocketException)
        {
            // Who started us is gone or does not listen: serving goes on.
        }
    }
}
