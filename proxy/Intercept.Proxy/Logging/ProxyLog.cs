using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Logging;

/// <summary>
/// The application log: one line for each entry, to stderr or a file, written by a thread of its own. The level may be
/// changed at any time; dispose writes what is waiting.
/// </summary>
internal sealed class ProxyLog : ILoggerProvider
{
    // What a debugging proxy may say while a terminal catches up.
    private const int Capacity = 4096;

    private readonly LineWriter<LogEntry> _writer;
    private readonly TimeProvider _time;
    private volatile LogLevel _level;

    private ProxyLog(LogFile file, bool coloured, LogLevel level, TimeProvider time)
    {
        _time = time;
        _level = level;
        _writer = new LineWriter<LogEntry>(
            "log", file, Capacity, TimeSpan.Zero, coloured ? LogLine.WriteColoured : LogLine.Write, ReportLoss, time);
    }

    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    public long Lost => _writer.Lost;

    /// <param name="path">Null is stderr, in colour on a terminal.</param>
    /// <returns>Null when the file cannot be opened; then <paramref name="why"/> says so.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The writer owns the file.")]
    public static ProxyLog? TryOpen(string? path, LogLevel level, TimeProvider time, out string why)
    {
        why = "";
        if (path is null)
        {
            return new ProxyLog(LogFile.StandardError(), !Console.IsErrorRedirected, level, time);
        }

        return LogFile.TryOpen(path, out why) is { } file ? new ProxyLog(file, coloured: false, level, time) : null;
    }

    /// <param name="categoryName">One lower-case word, the room that speaks: "listeners".</param>
    public ILogger CreateLogger(string categoryName) => new ProxyLogger(this, categoryName);

    /// <summary>On SIGUSR1. Any thread.</summary>
    public void Reopen()
    {
        if (_writer.Reopen() is { } why)
        {
            Write(LogLevel.Error, "log", $"kept the file in use, because it cannot be opened again: {why}");
        }
    }

    public void Dispose() => _writer.Dispose();

    internal void Write(LogLevel level, string category, string message) =>
        _writer.Write(new LogEntry(_time.GetUtcNow(), level, category, message));

    private LogEntry? ReportLoss(LineLoss loss) =>
        new(_time.GetUtcNow(), LogLevel.Warning, "log", $"{loss.Lines} lines of this log are lost: {loss.Why}");
}
