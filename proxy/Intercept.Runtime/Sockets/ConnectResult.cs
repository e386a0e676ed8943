using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>A connection, or why there is none.</summary>
public readonly record struct ConnectResult
{
    private ConnectResult(TcpSocket? socket, ConnectFailure failure, int errno)
    {
        Socket = socket;
        Failure = failure;
        ErrorNumber = errno;
    }

    public TcpSocket? Socket { get; }

    public ConnectFailure Failure { get; }

    public int ErrorNumber { get; }

    [MemberNotNullWhen(true, nameof(Socket))]
    public bool IsConnected => Socket is not null;

    internal static ConnectResult Connected(Pollable pollable, NetEndpoint remote) =>
        new(new TcpSocket(pollable, remote), ConnectFailure.None, 0);

    public static ConnectResult Failed(int errno) => new(null, Classify(errno), errno);

    public override string ToString() => IsConnected ? "connected" : $"{Failure}: {Errno.Describe(ErrorNumber)}";

    private static ConnectFailure Classify(int errno) => errno switch
    {
        Errno.ConnectionRefused => ConnectFailure.Refused,
        Errno.TimedOut => ConnectFailure.TimedOut,
        Errno.NetworkUnreachable or Errno.HostUnreachable or Errno.HostDown or Errno.NetworkDown => ConnectFailure.Unreachable,
        Errno.OutOfDescriptors or Errno.SystemOutOfDescriptors or Errno.OutOfMemory or Errno.OutOfBuffers =>
            ConnectFailure.OutOfDescriptors,
        Errno.Cancelled => ConnectFailure.Cancelled,
        _ => ConnectFailure.Other,
    };
}
