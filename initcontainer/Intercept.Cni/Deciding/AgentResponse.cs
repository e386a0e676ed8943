using System.Globalization;
using System.Text;

namespace Intercept.Cni.Deciding;

/// <summary>The bytes of an HTTP/1.1 response.</summary>
internal static class AgentResponse
{
    private const string NotHttp = "it does not answer in HTTP/1.1";

    /// <summary>Whether all of it is there, as far as its head says; without a length it ends with the connection.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = Encoding.ASCII.GetString(bytes[..end]);
        var body = bytes[(end + 4)..];
        return IsChunked(head) ? body.EndsWith("0\r\n\r\n"u8) : Length(head) is { } length && body.Length >= length;
    }

    /// <exception cref="IOException">It is none, or only a part of one.</exception>
    public static AgentReply Parse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            throw new IOException(bytes.IsEmpty ? "it closed the connection without an answer" : NotHttp);
        }

        var head = Encoding.ASCII.GetString(bytes[..end]);
        var words = head.Split("\r\n")[0].Split(' ');
        if (words.Length < 2 || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new IOException(NotHttp);
        }

        var body = bytes[(end + 4)..];
        if (IsChunked(head))
        {
            return new AgentReply(status, Join(body));
        }

        var length = Length(head) ?? body.Length;
        return body.Length >= length ? new AgentReply(status, body[..length].ToArray()) : throw new IOException("its answer broke off");
    }

    private static byte[] Join(ReadOnlySpan<byte> chunks)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var end = chunks.IndexOf("\r\n"u8);
            if (end < 0 || !int.TryParse(Encoding.ASCII.GetString(chunks[..end]).Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
                || size < 0 || chunks.Length - end - 4 < size)
            {
                throw new IOException("its answer broke off");
            }

            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(chunks.Slice(end + 2, size));
            chunks = chunks[(end + size + 4)..];
        }
    }

    private static bool IsChunked(string head) =>
        Header(head, "Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    private static int? Length(string head) =>
        int.TryParse(Header(head, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    private static string? Header(string head, string name) => head.Split("\r\n").Skip(1)
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(parts => parts.Length == 2 && parts[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim();
}
