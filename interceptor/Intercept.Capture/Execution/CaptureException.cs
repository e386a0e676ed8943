namespace Intercept.Capture.Execution;

/// <summary>Capture could not be read, changed or proven; the message is the whole account for a person.</summary>
public sealed class CaptureException(string message) : Exception(message);
