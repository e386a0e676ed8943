using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Intercept.Runtime.Http;

/// <summary>
/// HTTP/1.0 and 1.1 requests (RFC 9112) from untrusted bytes, strictly: what two readers could read differently is
/// refused. Allocates only for a request that is whole.
/// </summary>
internal static class HttpRequestParser
{
    /// <summary>RFC 9110 5.6.2: what methods and header names are made of.</summary>
    internal static SearchValues<byte> TokenBytes { get; } =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <param name="bytes">All that has arrived and was not consumed.</param>
    public static ParsedRequest Parse(ReadOnlySpan<byte> bytes, HttpLimits limits)
    {
        // RFC 9112 2.2: an empty line before a request line is let pass.
        var start = bytes.StartsWith("\r\n"u8) ? 2 : 0;
        var rest = bytes[start..];
        var end = rest.IndexOf("\r\n\r\n"u8);
        var head = end < 0 ? rest : rest[..(end + 2)];
        if (head.Length > limits.HeadLength)
        {
            return ParsedRequest.Refused(431, $"the request line and headers are longer than {limits.HeadLength} bytes");
        }

        if (FindFault(head) is { } fault)
        {
            return ParsedRequest.Refused(400, fault);
        }

        return end < 0 ? ParsedRequest.NeedsMore : ParseHead(head, bytes, start + end + 4, limits);
    }

    // Found before the end of the head arrives: who speaks TLS or garbage gets an answer at once.
    private static string? FindFault(ReadOnlySpan<byte> head)
    {
        if (!head.IsEmpty && !TokenBytes.Contains(head[0]))
        {
            return "this is not an HTTP request";
        }

        for (var i = 0; i < head.Length; i++)
        {
            switch (head[i])
            {
                case (byte)'\n' when i == 0 || head[i - 1] != '\r':
                    return "a line ends without a carriage return";
                case (byte)'\r' when i + 1 < head.Length && head[i + 1] != '\n':
                    return "a carriage return stands alone";
                case 0x7f or < 0x20 when head[i] is not ((byte)'\t' or (byte)'\r' or (byte)'\n'):
                    return "a control character is in the request";
            }
        }

        return null;
    }

    private static ParsedRequest ParseHead(ReadOnlySpan<byte> head, ReadOnlySpan<byte> bytes, int bodyStart, HttpLimits limits)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        if (!TryParseRequestLine(head[..lineEnd], out var method, out var target, out var minorVersion))
        {
            return ParsedRequest.Refused(400, "the first line is not METHOD PATH HTTP/1.1");
        }

        if (minorVersion < 0)
        {
            return ParsedRequest.Refused(505, "only HTTP/1.1 and 1.0 are spoken here");
        }

        var headers = default(HeaderFields);
        if (headers.Read(head[(lineEnd + 2)..]) is { } fault)
        {
            return ParsedRequest.Refused(400, fault);
        }

        if (headers.IsTransferEncoded)
        {
            return ParsedRequest.Refused(501, "transfer-encoding is not supported: a body has a Content-Length here");
        }

        if (headers.Host is null && minorVersion > 0)
        {
            return ParsedRequest.Refused(400, "the Host header is missing");
        }

        if (headers.ContentLength > limits.BodyLength)
        {
            return ParsedRequest.Refused(413, $"the body is longer than {limits.BodyLength} bytes");
        }

        if (!TrySplitTarget(target, out var path, out var query))
        {
            return ParsedRequest.Refused(400, "the target is not a path, such as /stats");
        }

        var consumed = bodyStart + (int)headers.ContentLength;
        return bytes.Length < consumed ? ParsedRequest.NeedsMore : ParsedRequest.Complete(
            new HttpRequest
            {
                Method = method,
                Path = path,
                Query = query,
                Host = headers.Host ?? "",
                IsFromPage = headers.HasOrigin,
                KeepsConnection = minorVersion > 0 ? !headers.SaysClose : headers.SaysKeepAlive && !headers.SaysClose,
                Body = bytes[bodyStart..consumed].ToArray(),
            },
            consumed);
    }

    /// <param name="minorVersion">-1 for another major version.</param>
    private static bool TryParseRequestLine(ReadOnlySpan<byte> line, out string method, out string target, out int minorVersion)
    {
        (method, target, minorVersion) = ("", "", -1);
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last == first || line[..first].ContainsAnyExcept(TokenBytes) || line[(first + 1)..last].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            return false;
        }

        method = Encoding.ASCII.GetString(line[..first]);
        target = Encoding.ASCII.GetString(line[(first + 1)..last]);
        var version = line[(last + 1)..];
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || !char.IsAsciiDigit((char)version[5]) || version[6] != '.' || !char.IsAsciiDigit((char)version[7]))
        {
            return false;
        }

        minorVersion = version[5] == '1' ? version[7] - '0' : -1;
        return true;
    }

    private static bool TrySplitTarget(string target, out string path, out ImmutableArray<KeyValuePair<string, string>> query)
    {
        (path, query) = ("", []);

        // RFC 9112 3.2.2: the absolute form, which proxies send, is for every server to take.
        const string Scheme = "http://";
        if (target.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var slash = target.AsSpan(Scheme.Length).IndexOfAny('/', '?');
            target = slash < 0 ? "/" : target[(Scheme.Length + slash)..];
            target = target[0] == '?' ? $"/{target}" : target;
        }

        if (target[0] != '/' || target.Contains('#', StringComparison.Ordinal))
        {
            return false;
        }

        var mark = target.IndexOf('?', StringComparison.Ordinal);
        path = Uri.UnescapeDataString(mark < 0 ? target : target[..mark]);
        query = mark < 0 ? [] : [.. target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(ToParameter)];
        return true;
    }

    private static KeyValuePair<string, string> ToParameter(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? new(Uri.UnescapeDataString(text), "")
            : new(Uri.UnescapeDataString(text[..equals]), Uri.UnescapeDataString(text[(equals + 1)..]));
    }
}
