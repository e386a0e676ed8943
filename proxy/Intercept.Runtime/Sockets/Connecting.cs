using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>connect(2) on a loop, with a time limit.</summary>
internal static class Connecting
{
    internal static async ValueTask<ConnectResult> RunAsync(
        EventLoop loop, NetEndpoint remote, ConnectOptions options, CancellationToken cancellationToken)
    {
        var descriptor = SocketCalls.Create(remote.Address.IsIPv6);
        if (descriptor < 0)
        {
            return ConnectResult.Failed(-descriptor);
        }

        var started = Prepare(descriptor, options);
        started = started < 0 ? started : SocketCalls.Connect(descriptor, remote);
        if (started is < 0 and not -Errno.InProgress)
        {
            SocketCalls.Close(descriptor);
            return ConnectResult.Failed(-started);
        }

        // Registered after connect(2): before it, epoll reports the unconnected socket as hung up.
        var pollable = Pollable.TryOpen(loop, descriptor);
        if (pollable is null)
        {
            return ConnectResult.Failed(Errno.OutOfDescriptors);
        }

        var errno = started == 0 ? 0 : await FinishAsync(pollable, options.Timeout, cancellationToken);
        if (errno != 0)
        {
            pollable.Close();
            return ConnectResult.Failed(errno);
        }

        var connected = ConnectResult.Connected(pollable, remote);

        // While the descriptor is ours: the access log asks after a reset has closed it, and by then its number may be another's.
        _ = connected.Socket!.LocalEndpoint;
        return connected;
    }

    private static int Prepare(int descriptor, ConnectOptions options)
    {
        var result = SocketOption.SetNoDelay(descriptor);
        if (result == 0 && options.KeepAlive is { } keepAlive)
        {
            result = keepAlive.Apply(descriptor);
        }

        if (result == 0 && options.Mark is { } mark)
        {
            result = SocketOption.SetMark(descriptor, mark);
        }

        if (result == 0 && options.BindAddress is { } source)
        {
            result = SocketOption.SetBindAddressNoPort(descriptor);
            result = result < 0 ? result : SocketCalls.Bind(descriptor, new NetEndpoint(source, 0));
        }

        if (result == 0 && options.PresentedClient is { } client)
        {
            // It is for whoever reads it: without a program that takes it the connection is as good.
            _ = SocketOption.SetPresentedClient(descriptor, client);
        }

        return result;
    }

    /// <returns>0, or the errno of the failure.</returns>
    private static async ValueTask<int> FinishAsync(Pollable pollable, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new WaitDeadline(pollable);
        deadline.Start(timeout);
        await using var cancelled = cancellationToken.UnsafeRegister(
            static state => ((Pollable)state!).Loop.Post(((Pollable)state).Abort), pollable);
        while (!pollable.IsWritable)
        {
            if (deadline.Passed)
            {
                return Errno.TimedOut;
            }

            if (pollable.IsAborted)
            {
                return Errno.Cancelled;
            }

            await Readiness.ToWrite(pollable);
        }

        // A failed connect is always reported with EPOLLERR, and the loop has taken its SO_ERROR by now.
        return pollable.Error;
    }
}
