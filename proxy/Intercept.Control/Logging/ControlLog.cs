using Microsoft.Extensions.Logging;

namespace Intercept.Control.Logging;

/// <summary>
/// The application log: a line for each entry. Written where it is said: nothing here is on a data path, and a proxy's stream
/// says a handful of lines.
/// </summary>
internal sealed class ControlLog(TextWriter output, LogForm form, LogLevel level, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    /// <param name="categoryName">One lower-case word, the room that speaks; a name of ASP.NET's speaks as "http", and only when something is wrong.</param>
    public ILogger CreateLogger(string categoryName)
    {
        var isOurs = !categoryName.Contains('.', StringComparison.Ordinal);
        return new ControlLogger(this, isOurs ? categoryName : "http", isOurs || level == LogLevel.Trace ? level : Max(level, LogLevel.Warning));
    }

    public void Dispose()
    {
        // The output is the process's.
    }

    internal void Write(LogLevel entryLevel, string category, string message)
    {
        var line = form == LogForm.Json
            ? LogLine.Json(time.GetUtcNow(), entryLevel, category, message)
            : LogLine.Text(time.GetUtcNow(), entryLevel, category, message);
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static LogLevel Max(LogLevel one, LogLevel other) => one > other ? one : other;
}
