using System.Diagnostics.CodeAnalysis;
using Intercept.Linux;

namespace Intercept.Runtime.Sockets;

/// <summary>A listener, or the call that was refused.</summary>
public readonly record struct ListenResult
{
    private ListenResult(TcpListenerSocket? listener, string? operation, int errno)
    {
        Listener = listener;
        Operation = operation;
        ErrorNumber = errno;
    }

    public TcpListenerSocket? Listener { get; }

    public string? Operation { get; }

    public int ErrorNumber { get; }

    [MemberNotNullWhen(true, nameof(Listener))]
    [MemberNotNullWhen(false, nameof(Operation))]
    public bool IsListening => Listener is not null;

    public static ListenResult Listening(TcpListenerSocket listener) => new(listener, null, 0);

    public static ListenResult Failed(string operation, int errno) => new(null, operation, errno);

    public override string ToString() => IsListening ? $"listening on {Listener.LocalEndpoint}" : $"{Operation}: {Errno.Describe(ErrorNumber)}";
}
