namespace Intercept.Linux;

/// <summary>getrlimit(2).</summary>
public static unsafe class ResourceLimits
{
    private const int NumberOfFiles = 7;

    /// <summary>Descriptors that this process may have open. .NET raises it to the hard limit when it starts.</summary>
    public static long OpenFiles
    {
        get
        {
            // struct rlimit { rlim_cur, rlim_max }
            var limits = stackalloc ulong[2];
            return Libc.getrlimit(NumberOfFiles, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : 1024;
        }
    }
}
