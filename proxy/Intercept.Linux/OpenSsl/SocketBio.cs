using System.Runtime.InteropServices;

namespace Intercept.Linux.OpenSsl;

/// <summary>
/// OpenSSL's view of a socket. Unlike its own socket BIO it knows the loop's readiness: once the kernel had nothing more,
/// it answers "retry" by itself, which saves the system call that would say EAGAIN after every record.
/// </summary>
internal static unsafe class SocketBio
{
    private const int SourceSink = 0x400;
    private const int RetryFlags = 0x0f;
    private const int ReadRetry = 0x01 | 0x08;
    private const int WriteRetry = 0x02 | 0x08;
    private const int ControlEndOfFile = 2;
    private const int ControlFlush = 11;

    private static readonly nint _method = CreateMethod();

    /// <summary>The BIO does not own the state: it must outlive it.</summary>
    internal static nint Create(State* state)
    {
        var bio = LibCrypto.BIO_new(_method);
        LibCrypto.BIO_set_data(bio, state);
        LibCrypto.BIO_set_init(bio, 1);
        return bio;
    }

    private static nint CreateMethod()
    {
        var method = LibCrypto.BIO_meth_new(LibCrypto.BIO_get_new_index() | SourceSink, "intercept socket");
        _ = LibCrypto.BIO_meth_set_read(method, &Read);
        _ = LibCrypto.BIO_meth_set_write(method, &Write);
        _ = LibCrypto.BIO_meth_set_ctrl(method, &Control);
        return method;
    }

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* buffer, int length)
    {
        var state = (State*)LibCrypto.BIO_get_data(bio);
        LibCrypto.BIO_clear_flags(bio, RetryFlags);
        if (!state->MayRead)
        {
            LibCrypto.BIO_set_flags(bio, ReadRetry);
            return -1;
        }

        var result = SocketCalls.Receive(state->Descriptor, new Span<byte>(buffer, length));
        switch (result.Status)
        {
            case IoStatus.Done:
                state->MayRead = result.Bytes == length || state->IsHungUp;
                return result.Bytes;
            case IoStatus.WouldBlock:
                state->MayRead = false;
                LibCrypto.BIO_set_flags(bio, ReadRetry);
                return -1;
            case IoStatus.EndOfStream:
                state->IsAtEnd = true;
                return 0;
            default:
                state->Error = result.Errno;
                return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* data, int length)
    {
        var state = (State*)LibCrypto.BIO_get_data(bio);
        LibCrypto.BIO_clear_flags(bio, RetryFlags);
        var result = SocketCalls.Send(state->Descriptor, new ReadOnlySpan<byte>(data, length));
        switch (result.Status)
        {
            case IoStatus.Done:
                return result.Bytes;
            case IoStatus.WouldBlock:
                state->IsSendBlocked = true;
                LibCrypto.BIO_set_flags(bio, WriteRetry);
                return -1;
            default:
                state->Error = result.Errno;
                return -1;
        }
    }

    [UnmanagedCallersOnly]
    private static long Control(nint bio, int command, long number, nint pointer) => command switch
    {
        ControlFlush => 1,
        ControlEndOfFile => ((State*)LibCrypto.BIO_get_data(bio))->IsAtEnd ? 1 : 0,
        _ => 0,
    };

    /// <summary>Shared between the BIO and its connection, outside the garbage-collected heap.</summary>
    internal struct State
    {
        internal int Descriptor;
        internal int Error;
        internal bool MayRead;
        internal bool IsHungUp;
        internal bool IsAtEnd;
        internal bool IsSendBlocked;
    }
}
