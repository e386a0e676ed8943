namespace Intercept.Control.Logging;

internal enum LogForm
{
    Text,

    /// <summary>An object a line.</summary>
    Json,
}
