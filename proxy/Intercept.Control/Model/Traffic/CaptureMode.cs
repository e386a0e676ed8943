namespace Intercept.Control.Model.Traffic;

internal enum CaptureMode
{
    Default,
    Iptables,

    /// <summary>Applications connect to the listener themselves.</summary>
    None,
}
