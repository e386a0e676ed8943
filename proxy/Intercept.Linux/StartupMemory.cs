namespace Intercept.Linux;

/// <summary>
/// What only the start of a program needed: garbage of the first configuration, pages of code that reads it, and of the
/// compressed tables of types that NativeAOT unpacks whole. Given back once, at the moment before the program says that it is
/// ready: a pause of some milliseconds keeps nobody waiting then.
/// </summary>
public static class StartupMemory
{
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = ResidentMemory.ReleaseUnused();
    }
}
