namespace Intercept.Linux.Bpf;

/// <summary>Whether there is anything here to work with, before anything is loaded.</summary>
public static unsafe class BpfSupport
{
    private const int NoDescriptor = -1;

    /// <returns>Null, or a sentence about what is missing and how to get it.</returns>
    public static string? LibraryFailure()
    {
        try
        {
            // What it has to say is in the errors and in the verifier's log: standard error is the program's.
            LibBpf.libbpf_set_print(0);
            return null;
        }
        catch (DllNotFoundException missing)
        {
            // The loader adds a line for every name that it tried; the first says what is the matter.
            return $"eBPF needs libbpf.so.1, and it does not open (Debian: apt-get install libbpf1): {missing.Message.Split('\n')[0].Trim()}";
        }
    }

    /// <summary>Asks for nothing, so that whoever answers about rights answers about the call itself.</summary>
    /// <returns>0 where bpf(2) is heard; EPERM under a seccomp filter without it, ENOSYS in a kernel without it.</returns>
    public static int Refusal()
    {
        MapInformation information;
        var error = BpfCall.Inform(NoDescriptor, &information, (uint)sizeof(MapInformation));
        return error is Errno.PermissionDenied or Errno.AccessDenied or Errno.NotImplemented ? error : 0;
    }

    /// <returns>The name that its author gave a loaded program; null where this process may not look (CAP_SYS_ADMIN) or it is gone.</returns>
    public static string? ProgramName(uint number)
    {
        if (BpfCall.OpenProgramByNumber(number, out var descriptor) != 0)
        {
            return null;
        }

        // struct bpf_prog_info: the name is at 64, after the pointers, which stay zero.
        const int End = 80;
        const int Name = 64;
        var information = stackalloc byte[End];
        new Span<byte>(information, End).Clear();
        var error = BpfCall.Inform(descriptor, information, End);
        _ = Libc.close(descriptor);
        return error == 0 ? System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)information + Name) : null;
    }
}
