using System.Runtime.InteropServices;

namespace Intercept.Linux;

/// <summary>What programs in the kernel call an interface of this network namespace.</summary>
public static partial class InterfaceNumber
{
    /// <returns>0 where there is none of this name.</returns>
    public static uint Of(string name) => if_nametoindex(name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint if_nametoindex(string name);
}
