using Microsoft.Extensions.Logging;

namespace Intercept.Control.Logging;

internal sealed class ControlLogger(ControlLog log, string category, LogLevel least) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= least;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var message = formatter(state, exception);
            log.Write(logLevel, category, exception is null ? message : $"{message}: {exception}");
        }
    }
}
