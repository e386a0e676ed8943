namespace Intercept.Cni.Logging;

internal enum LogLevel
{
    Info,
    Warning,
    Error,
}
