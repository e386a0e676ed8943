using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Intercept.Proxy.Logging;

/// <summary>
/// Carries records from event loops to a file. A loop only copies its record into a bounded channel; one thread formats
/// and writes. When the channel is full the record is dropped and counted: a full disk must not stop traffic.
/// </summary>
internal sealed class LineWriter<T> : IDisposable
    where T : struct
{
    private const int BatchLength = 64 * 1024;

    // A reader of a standard stream that has stopped reading must not hold up the end of the process.
    private static readonly TimeSpan _patienceAtEnd = TimeSpan.FromSeconds(2);

    // The first loss is said at once; a disk that stays full is not worth a line for each batch.
    private static readonly TimeSpan _betweenReports = TimeSpan.FromSeconds(10);

    private readonly Channel<T> _records;
    private readonly LogFile _file;
    private readonly TimeSpan _gathering;
    private readonly LineFormat<T> _format;
    private readonly Func<LineLoss, T?> _lost;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _closing = new();
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly ArrayBufferWriter<byte> _batch = new();
    private long _overflowed;
    private long _failed;
    private long _reportedLines;
    private long _reportedAt;
    private long _batchLines;
    private string _failure = "";

    /// <param name="name">The thread's name, as top shows it.</param>
    /// <param name="file">Owned from now on.</param>
    /// <param name="capacity">Records that may wait.</param>
    /// <param name="gathering">How long the first record waits for others, so that a burst is one wake-up and one write.</param>
    /// <param name="format">Makes a line of a record.</param>
    /// <param name="lost">Told of lost lines, on the writer's thread; may answer with a record that says so here.</param>
    /// <param name="time">For the time between two such reports.</param>
    public LineWriter(
        string name, LogFile file, int capacity, TimeSpan gathering, LineFormat<T> format, Func<LineLoss, T?> lost, TimeProvider time)
    {
        _file = file;
        _gathering = gathering;
        _format = format;
        _lost = lost;
        _time = time;

        // The one continuation is the writer thread's own wake-up: run inline, it costs the loop a futex call and no hop
        // over the thread pool.
        _records = Channel.CreateBounded<T>(
            new BoundedChannelOptions(capacity) { SingleReader = true, AllowSynchronousContinuations = true });
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lines lost since start, to a full channel or a file that refused them.</summary>
    public long Lost => Volatile.Read(ref _overflowed) + Volatile.Read(ref _failed);

    /// <summary>Any thread; never waits.</summary>
    public void Write(in T record)
    {
        if (!_records.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _overflowed);
        }
    }

    /// <summary>Opens the file again. Any thread.</summary>
    /// <returns>Null, or why the one in use is kept.</returns>
    public string? Reopen() => _file.Reopen();

    /// <summary>Writes what is waiting, for a bounded time.</summary>
    public void Dispose()
    {
        _records.Writer.TryComplete();
        _closing.TrySetResult();
        if (_thread.Join(_patienceAtEnd))
        {
            _file.Dispose();
        }
    }

    private void Run()
    {
        while (_records.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            if (_gathering > TimeSpan.Zero)
            {
                _closing.Task.Wait(_gathering);
            }

            WriteWaiting();
            ReportLoss(isEnd: false);
        }

        ReportLoss(isEnd: true);
    }

    private void WriteWaiting()
    {
        while (_records.Reader.TryRead(out var record))
        {
            Append(record);
            if (_batch.WrittenCount >= BatchLength)
            {
                WriteBatch();
            }
        }

        if (_batch.WrittenCount > 0)
        {
            WriteBatch();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "One record that cannot be formatted must not end the log: it is counted.")]
    private void Append(in T record)
    {
        _line.ResetWrittenCount();
        try
        {
            _format(record, _line);
        }
        catch (Exception e)
        {
            _failure = e.Message;
            Interlocked.Increment(ref _failed);
            return;
        }

        _batch.Write(_line.WrittenSpan);
        _batchLines++;
    }

    private void WriteBatch()
    {
        if (_file.Write(_batch.WrittenSpan) is { } failure)
        {
            _failure = failure;
            Interlocked.Add(ref _failed, _batchLines);
        }

        _batch.ResetWrittenCount();
        _batchLines = 0;
    }

    private void ReportLoss(bool isEnd)
    {
        var lost = Lost;
        if (lost == _reportedLines || (!isEnd && _reportedAt != 0 && _time.GetElapsedTime(_reportedAt) < _betweenReports))
        {
            return;
        }

        var why = _failure.Length > 0 ? _failure : "more lines at once than the writer takes";
        var report = new LineLoss(lost - _reportedLines, why);
        _reportedLines = lost;
        _reportedAt = _time.GetTimestamp();
        _failure = "";
        if (_lost(report) is { } said)
        {
            // Not through the channel, which may be full again or closed.
            Append(said);
            WriteBatch();
        }
    }
}
