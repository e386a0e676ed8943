using Intercept.Proxy.Plans;
using Intercept.Runtime.Sockets;

namespace Intercept.Proxy.Serving;

/// <summary>A listener on one loop. The plan changes under it; the sockets stay as long as its addresses do.</summary>
internal sealed class WorkerListener(ListenerPlan plan, BoundListener bound)
{
    private readonly List<TcpListenerSocket> _sockets = [];

    public ListenerPlan Plan { get; set; } = plan;

    public BoundListener Bound => bound;

    public bool IsAccepting => _sockets.Count > 0;

    public void Add(TcpListenerSocket socket) => _sockets.Add(socket);

    /// <summary>Stops listening. What the kernel has accepted on our behalf is taken in first: closing would reset it.</summary>
    public void Stop(Action<TcpSocket> accepted)
    {
        foreach (var socket in _sockets)
        {
            socket.AcceptQueued(accepted);
            socket.Dispose();
        }

        _sockets.Clear();
    }
}
