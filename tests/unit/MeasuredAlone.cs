namespace Intercept.Tests.Unit;

/// <summary>Tests that look at the memory of the process: nothing else of it runs beside them.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone
{
    /// <summary>
    /// Bytes of what lives. GC.GetTotalMemory collects only until two looks differ by less than a twentieth, which in a process that
    /// has run thousands of tests is more than what is measured.
    /// </summary>
    internal static long Live()
    {
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}
