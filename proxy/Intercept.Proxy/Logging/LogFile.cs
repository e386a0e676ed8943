using System.Diagnostics.CodeAnalysis;
using Intercept.Linux;

namespace Intercept.Proxy.Logging;

/// <summary>Where lines go: a standard stream, or a file that is appended to and can be opened again. Any thread.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string? _path;
    private Stream _stream;

    private LogFile(string? path, Stream stream)
    {
        _path = path;
        _stream = stream;
    }

    public static LogFile StandardOutput() => new(null, Console.OpenStandardOutput());

    public static LogFile StandardError() => new(null, Console.OpenStandardError());

    /// <summary>Null when the file cannot be opened for appending; then <paramref name="why"/> says so.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The log file owns the stream.")]
    public static LogFile? TryOpen(string path, out string why) =>
        OpenForAppending(path, out why) is { } stream ? new LogFile(path, stream) : null;

    /// <summary>Writes all of it. May wait for a slow disk or pipe.</summary>
    /// <returns>Null, or why nothing more could be written.</returns>
    public string? Write(ReadOnlySpan<byte> lines)
    {
        lock (_lock)
        {
            try
            {
                _stream.Write(lines);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Opens the path again, after logrotate has moved the file away. A standard stream stays as it is.</summary>
    /// <returns>Null, or why the file in use is kept.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The log file owns the stream.")]
    public string? Reopen()
    {
        if (_path is null)
        {
            return null;
        }

        if (OpenForAppending(_path, out var why) is not { } stream)
        {
            return why;
        }

        lock (_lock)
        {
            _stream.Dispose();
            _stream = stream;
        }

        return null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stream.Dispose();
        }
    }

    // O_APPEND makes the offset that the stream keeps meaningless: the kernel writes at the end, wherever that is by then.
    private static FileStream? OpenForAppending(string path, out string why)
    {
        try
        {
            why = "";
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var errno = -AppendMode.Set(file.SafeFileHandle);
            if (errno == 0)
            {
                return file;
            }

            file.Dispose();
            why = $"O_APPEND: {Errno.Describe(errno)}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            why = e.Message;
        }

        return null;
    }
}
