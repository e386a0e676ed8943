using System.Globalization;
using System.Text;

namespace Intercept.Runtime.Http;

/// <summary>The few headers that matter, from untrusted lines.</summary>
internal struct HeaderFields
{
    private bool _hasLength;

    public string? Host { get; private set; }

    public long ContentLength { get; private set; }

    public bool IsTransferEncoded { get; private set; }

    public bool HasOrigin { get; private set; }

    public bool SaysClose { get; private set; }

    public bool SaysKeepAlive { get; private set; }

    /// <summary>Null, or what is wrong.</summary>
    public string? Read(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf("\r\n"u8);
            var line = lines[..end];
            var colon = line.IndexOf((byte)':');

            // No name with spaces, so no folded line and no space before the colon either.
            if (colon <= 0 || line[..colon].ContainsAnyExcept(HttpRequestParser.TokenBytes))
            {
                return "a header is not NAME: VALUE";
            }

            if (Take(line[..colon], line[(colon + 1)..].Trim(" \t"u8)) is { } fault)
            {
                return fault;
            }

            lines = lines[(end + 2)..];
        }

        return null;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(name, wanted);

    private string? Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, "host"u8))
        {
            var isSecond = Host is not null;
            Host = Encoding.Latin1.GetString(value);
            return isSecond ? "the Host header is given twice" : null;
        }

        if (Is(name, "content-length"u8))
        {
            var isLength = value.Length is > 0 and < 19 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
            var isSecond = _hasLength;
            _hasLength = true;
            ContentLength = isLength ? long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
            return !isLength ? "Content-Length is not a length" : isSecond ? "Content-Length is given twice" : null;
        }

        IsTransferEncoded |= Is(name, "transfer-encoding"u8);
        HasOrigin |= Is(name, "origin"u8);
        if (Is(name, "connection"u8))
        {
            foreach (var option in Encoding.Latin1.GetString(value).Split(',', StringSplitOptions.TrimEntries))
            {
                SaysClose |= option.Equals("close", StringComparison.OrdinalIgnoreCase);
                SaysKeepAlive |= option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase);
            }
        }

        return null;
    }
}
