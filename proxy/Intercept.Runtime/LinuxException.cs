using Intercept.Linux;

namespace Intercept.Runtime;

/// <summary>A system call that only fails when the process cannot go on as asked: at start, or on a full system.</summary>
public sealed class LinuxException(string operation, int errno)
    : Exception($"{operation}: {Errno.Describe(errno)}")
{
    public string Operation { get; } = operation;

    public int ErrorNumber { get; } = errno;

    /// <param name="result">A descriptor or 0, or -errno.</param>
    /// <param name="operation">The system call, as the message names it.</param>
    public static int Check(int result, string operation) =>
        result >= 0 ? result : throw new LinuxException(operation, -result);
}
