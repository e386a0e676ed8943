using Intercept.Linux;

namespace Intercept.Proxy.Serving;

/// <summary>
/// What only the start needed: garbage of the first configuration, pages of code that reads it. Given back once, at the
/// moment before the proxy says that it is ready: a pause of some milliseconds keeps nobody waiting then.
/// </summary>
internal static class StartupMemory
{
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = ResidentMemory.ReleaseUnused();
    }
}
