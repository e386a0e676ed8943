namespace Intercept.Tests.Unit;

/// <summary>Tests that look at the memory of the process: nothing else of it runs beside them.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
