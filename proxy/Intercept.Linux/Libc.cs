using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>The C library as it is: the wrappers beside this file retry EINTR and turn errno into values.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library)]
    internal static partial int close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int descriptor, EpollEvent* interest);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_wait(int epoll, EpollEvent* events, int capacity, int timeoutMilliseconds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(int descriptor, void* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(int descriptor, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fchmod(int descriptor, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int accept4(int descriptor, void* address, int* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(int descriptor, void* address, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int descriptor, int how);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(int descriptor, void* address, int* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(int descriptor, void* buffer, nuint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint send(int descriptor, void* buffer, nuint count, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* ends, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint splice(int from, long* fromOffset, int to, long* toOffset, nuint count, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, FileStamp.StatX* found);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(Library)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport(Library)]
    internal static partial int malloc_trim(nuint keep);

    [LibraryImport(Library)]
    internal static partial nint strerror(int errno);
}
