using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>
/// A listening socket of one loop. Level-triggered, unlike connections: one accept4(2) per event needs no second call
/// that says EAGAIN, and a turn that leaves connections behind is called again.
/// </summary>
public sealed class TcpListenerSocket : IDisposable
{
    // After a full turn twice as many are accepted on the next one: a storm is taken in fast, and a lone connection
    // still costs one call.
    private const int LargestBurst = 64;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    private readonly EventLoop _loop;
    private readonly Pollable _pollable;
    private readonly LoopTimer _resume;
    private TimeSpan _pause = _firstPause;
    private int _burst = 1;

    private TcpListenerSocket(EventLoop loop, int descriptor, string? path = null)
    {
        _loop = loop;
        _pollable = new Pollable(loop, descriptor);
        _resume = new LoopTimer(loop, Resume);
        LocalEndpoint = path is null ? SocketCalls.LocalEndpoint(descriptor) : default;
        Name = path ?? $"{LocalEndpoint}";
    }

    /// <summary>With the port that the kernel chose, when 0 was asked for.</summary>
    public NetEndpoint LocalEndpoint { get; }

    /// <summary>The endpoint or the path, for people.</summary>
    public string Name { get; }

    /// <summary>Told each time accepting pauses; it resumes by itself.</summary>
    public Action<AcceptPause>? Paused { get; set; }

    /// <summary>
    /// Asked before each accept: false pauses as if descriptors had run out. A proxy must have one left for the upstream,
    /// or it could only accept to reset.
    /// </summary>
    public Func<bool>? MayAccept { get; set; }

    /// <summary>Binds and listens. May be called from any thread; everything else belongs to the loop.</summary>
    /// <returns>The listener, or an errno with the name of the refused call.</returns>
    public static ListenResult Listen(EventLoop loop, NetEndpoint endpoint, ListenOptions options)
    {
        var descriptor = SocketCalls.Create(endpoint.Address.IsIPv6);
        if (descriptor < 0)
        {
            return ListenResult.Failed("socket", -descriptor);
        }

        var failure = Prepare(descriptor, endpoint, options);
        if (failure is { } refused)
        {
            SocketCalls.Close(descriptor);
            return refused;
        }

        return ListenResult.Listening(new TcpListenerSocket(loop, descriptor));
    }

    /// <summary>The same on a Unix socket that only this user may use: nothing that a TCP peer has is known of whoever connects.</summary>
    public static ListenResult ListenUnix(EventLoop loop, string path, int backlog)
    {
        var descriptor = SocketCalls.ListenUnix(path, backlog, out var operation);
        return descriptor < 0 ? ListenResult.Failed(operation, -descriptor) : ListenResult.Listening(new TcpListenerSocket(loop, descriptor, path));
    }

    /// <summary>Accepts until disposed. Each connection is handed over before the next is accepted.</summary>
    public async Task RunAsync(Action<TcpSocket> accepted)
    {
        if (!_loop.TryRegister(_pollable, Epoll.In))
        {
            throw new LinuxException("epoll_ctl", Errno.OutOfDescriptors);
        }

        while (!_pollable.IsAborted)
        {
            await Readiness.ToRead(_pollable);
            _pollable.ClearReadable();
            AcceptBurst(accepted, _burst);
        }
    }

    /// <summary>Takes in what the kernel has queued, before a drain closes the listener: closing would reset it.</summary>
    public void AcceptQueued(Action<TcpSocket> accepted) => AcceptBurst(accepted, int.MaxValue);

    public void Dispose()
    {
        _resume.Stop();
        _pollable.Close();
    }

    private static ListenResult? Prepare(int descriptor, NetEndpoint endpoint, ListenOptions options)
    {
        var isIPv6 = endpoint.Address.IsIPv6;

        // Accepted sockets inherit TCP_NODELAY and keepalive, which saves their system calls.
        return Refused("SO_REUSEADDR", SocketOption.SetReuseAddress(descriptor))
            ?? (options.ReusePort ? Refused("SO_REUSEPORT", SocketOption.SetReusePort(descriptor)) : null)
            ?? (isIPv6 ? Refused("IPV6_V6ONLY", SocketOption.SetIPv6Only(descriptor)) : null)
            ?? (options.Transparent ? Refused("IP_TRANSPARENT", SocketOption.SetTransparent(descriptor, isIPv6)) : null)
            ?? (options.KeepAlive is { } keepAlive ? Refused("SO_KEEPALIVE", keepAlive.Apply(descriptor)) : null)
            ?? Refused("TCP_NODELAY", SocketOption.SetNoDelay(descriptor))
            ?? Refused("bind", SocketCalls.Bind(descriptor, endpoint))
            ?? Refused("listen", SocketCalls.Listen(descriptor, options.Backlog));
    }

    private static ListenResult? Refused(string operation, int result) =>
        result < 0 ? ListenResult.Failed(operation, -result) : null;

    [SuppressMessage("Reliability", "CA2000", Justification = "The callback owns the connection.")]
    private void AcceptBurst(Action<TcpSocket> accepted, int limit)
    {
        for (var count = 0; count < limit; count++)
        {
            if (_pollable.IsClosed)
            {
                return;
            }

            if (MayAccept is { } may && !may())
            {
                Pause(Errno.OutOfDescriptors);
                return;
            }

            var descriptor = SocketCalls.Accept(_pollable.Descriptor, out var remote);
            if (descriptor < 0)
            {
                Refused(-descriptor);
                return;
            }

            _pause = _firstPause;
            if (Pollable.TryOpen(_loop, descriptor) is not { } pollable)
            {
                Pause(Errno.OutOfBuffers);
                return;
            }

            accepted(new TcpSocket(pollable, remote));
        }

        _burst = Math.Min(_burst * 2, LargestBurst);
    }

    private void Refused(int errno)
    {
        switch (errno)
        {
            case Errno.WouldBlock:
                _burst = 1;
                break;
            case Errno.OutOfDescriptors or Errno.SystemOutOfDescriptors or Errno.OutOfBuffers or Errno.OutOfMemory:
                Pause(errno);
                break;
            default:
                // accept(2): the network errors of a connection that died in the queue are its own, not the listener's.
                break;
        }
    }

    // The queue stays readable meanwhile, so the interest goes too: level-triggered, it would spin the loop.
    private void Pause(int errno)
    {
        _loop.SetInterest(_pollable, 0);
        _resume.Start(_pause);
        Paused?.Invoke(new AcceptPause(errno, _pause));
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, _longestPause.Ticks));
    }

    private void Resume() => _loop.SetInterest(_pollable, Epoll.In);
}
