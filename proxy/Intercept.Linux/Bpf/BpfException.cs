namespace Intercept.Linux.Bpf;

/// <summary>The kernel or libbpf refused; the message is the whole account for a person, with the verifier's words where it spoke.</summary>
public sealed class BpfException(string message, int errno = 0) : Exception(message)
{
    /// <summary>0 where libbpf itself is missing.</summary>
    public int Error => errno;

    internal static BpfException From(string what, int errno, string log = "") =>
        new($"{what}: {Errno.Describe(errno)}{(log.Length == 0 ? "" : "\n" + log)}", errno);
}
