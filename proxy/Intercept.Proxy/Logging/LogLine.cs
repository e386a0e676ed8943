using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Logging;

/// <summary>2026-11-24T06:44:12.123Z info  listeners  message</summary>
internal static class LogLine
{
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    public static void Write(in LogEntry entry, ArrayBufferWriter<byte> line) => Write(entry, line, coloured: false);

    public static void WriteColoured(in LogEntry entry, ArrayBufferWriter<byte> line) => Write(entry, line, coloured: true);

    private static void Write(in LogEntry entry, ArrayBufferWriter<byte> line, bool coloured)
    {
        entry.Time.UtcDateTime.TryFormat(line.GetSpan(TimeFormat.Length), out var written, TimeFormat, CultureInfo.InvariantCulture);
        line.Advance(written);
        line.Write(" "u8);
        var colour = coloured ? Colour(entry.Level) : default;
        line.Write(colour);
        WriteText(entry.Level.Label(), line);
        line.Write(colour.IsEmpty ? colour : "\e[0m"u8);
        line.Write("  "u8);
        WriteText(entry.Category, line);
        line.Write("  "u8);
        WriteText(entry.Message, line);
        line.Write("\n"u8);
    }

    private static ReadOnlySpan<byte> Colour(LogLevel level) => level switch
    {
        LogLevel.Warning => "\e[33m"u8,
        LogLevel.Error or LogLevel.Critical => "\e[31m"u8,
        _ => default,
    };

    // A peer's bytes may be in a message: they must not start a line of their own, nor speak to the terminal.
    private static void WriteText(string text, ArrayBufferWriter<byte> line)
    {
        var rest = text.AsSpan();
        for (var i = rest.IndexOfAnyInRange('\0', '\x1f'); i >= 0; i = rest.IndexOfAnyInRange('\0', '\x1f'))
        {
            Encoding.UTF8.GetBytes(rest[..i], line);
            var escaped = rest[i] switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var c => $"\\x{(int)c:x2}",
            };
            Encoding.UTF8.GetBytes(escaped, line);
            rest = rest[(i + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, line);
    }
}
