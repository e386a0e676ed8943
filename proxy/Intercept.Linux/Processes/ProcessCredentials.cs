using System.Runtime.InteropServices;

namespace Intercept.Linux.Processes;

/// <summary>Gives up the identity of this process. Only children that do one job call this: it cannot be undone.</summary>
public static partial class ProcessCredentials
{
    /// <summary>Drops supplementary groups, then becomes the group, then the user; glibc does it for every thread.</summary>
    /// <returns>0, or the errno of the step that failed: EPERM without CAP_SETGID or CAP_SETUID.</returns>
    public static unsafe int Become(uint uid, uint gid)
    {
        if (SetGroups(0, null) != 0 || SetGid(gid) != 0 || SetUid(uid) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        return 0;
    }

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static unsafe partial int SetGroups(nuint count, uint* groups);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static partial int SetGid(uint gid);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUid(uint uid);
}
