using System.Runtime.InteropServices;
using System.Text;

namespace Intercept.Linux;

/// <summary>Whose a file is: what takes a file's place must be the same user's.</summary>
public readonly partial record struct FileOwner(uint User, uint Group)
{
    // AT_FDCWD, and STATX_UID | STATX_GID of linux/stat.h.
    private const int CurrentDirectory = -100;
    private const uint Wanted = 0x8 | 0x10;

    /// <returns>Null while the file cannot be looked at.</returns>
    public static unsafe FileOwner? Of(string path)
    {
        FileStamp.StatX found;
        fixed (byte* name = Encoding.UTF8.GetBytes($"{path}\0"))
        {
            return Libc.statx(CurrentDirectory, name, 0, Wanted, &found) == 0 ? new FileOwner(found.User, found.Group) : null;
        }
    }

    /// <returns>0, or the errno: EPERM without CAP_CHOWN.</returns>
    public int Give(string path) => chown(path, User, Group) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint user, uint group);
}
