using System.Diagnostics.CodeAnalysis;
using Intercept.Proxy.Logging;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.AccessLogs;

/// <summary>
/// One line of JSON for each connection that ended. Loops hand over values and never wait: what the writer cannot take in
/// time is dropped and counted. Dispose writes what is waiting.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    // Two megabytes of records at most: 80,000 connections a second at one batch in 50 ms.
    private const int Capacity = 4096;

    // Under load the writer wakes twenty times a second instead of once for each connection.
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _log;
    private readonly ConnectionLine _format = new();
    private readonly LineWriter<ConnectionRecord> _writer;

    private AccessLog(LogFile file, ILogger log, TimeProvider time)
    {
        _log = log;
        _writer = new LineWriter<ConnectionRecord>(
            "access-log", file, Capacity, _gathering, _format.Write, ReportLoss, time);
    }

    /// <summary>Lines lost since start.</summary>
    public long Lost => _writer.Lost;

    /// <param name="path">"-" is stdout.</param>
    /// <param name="log">Told of lost lines.</param>
    /// <param name="time">For the time between two such reports.</param>
    /// <param name="why">Why there is none.</param>
    /// <returns>Null when the file cannot be opened.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The writer owns the file.")]
    public static AccessLog? TryOpen(string path, ILogger log, TimeProvider time, out string why)
    {
        why = "";
        var file = path == "-" ? LogFile.StandardOutput() : LogFile.TryOpen(path, out why);
        return file is null ? null : new AccessLog(file, log, time);
    }

    /// <summary>Any thread; never waits.</summary>
    public void Write(in ConnectionRecord record) => _writer.Write(record);

    /// <summary>On SIGUSR1. Any thread.</summary>
    public void Reopen()
    {
        if (_writer.Reopen() is { } why)
        {
            AccessLogReports.NotReopened(_log, why);
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _format.Dispose();
    }

    private ConnectionRecord? ReportLoss(LineLoss loss)
    {
        AccessLogReports.LinesLost(_log, loss.Lines, loss.Why);
        return null;
    }
}
