using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>asm-generic/errno*.h: the numbers that Intercept decides by.</summary>
public static class Errno
{
    public const int PermissionDenied = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int OutOfMemory = 12;
    public const int AccessDenied = 13;
    public const int InvalidArgument = 22;
    public const int SystemOutOfDescriptors = 23;
    public const int OutOfDescriptors = 24;
    public const int NoSpace = 28;
    public const int BrokenPipe = 32;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int ProtocolError = 71;
    public const int NoProtocolOption = 92;
    public const int OperationNotSupported = 95;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkDown = 100;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int OutOfBuffers = 105;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostDown = 112;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;
    public const int Cancelled = 125;

    /// <summary>The C library's sentence: "Connection refused".</summary>
    public static string Describe(int errno) =>
        Marshal.PtrToStringUTF8(Libc.strerror(errno)) ?? $"errno {errno}";
}
