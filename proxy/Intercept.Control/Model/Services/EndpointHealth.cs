namespace Intercept.Control.Model.Services;

internal enum EndpointHealth
{
    Ready,

    /// <summary>Not to be sent to. Kept, so that a change of health is a change of one endpoint.</summary>
    NotReady,

    /// <summary>Terminating and still serving: for those who are there already.</summary>
    Draining,
}
