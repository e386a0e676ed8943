namespace Intercept.Capture.Planning;

public enum FlowOutcome
{
    /// <summary>Goes where it was sent.</summary>
    Passed,

    /// <summary>Delivered to a port of the proxy.</summary>
    Captured,
    Dropped,

    /// <summary>Dropped, and the sender is told.</summary>
    Refused,
}
