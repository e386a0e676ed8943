namespace Intercept.Control.Model.Traffic;

internal sealed record HttpFault(FaultDelay? Delay, FaultAbort? Abort);
