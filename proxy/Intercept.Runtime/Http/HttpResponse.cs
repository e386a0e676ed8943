using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Intercept.Runtime.Http;

/// <summary>One answer, whole in memory.</summary>
public sealed class HttpResponse
{
    public const string Text = "text/plain; charset=utf-8";
    public const string Json = "application/json";

    private static readonly JsonWriterOptions _indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private HttpResponse(int status, string contentType)
    {
        Status = status;
        ContentType = contentType;
    }

    public int Status { get; }

    public string ContentType { get; }

    public ArrayBufferWriter<byte> Body { get; } = new();

    /// <summary>The Allow header that goes with 405; null for none.</summary>
    public string? Allow { get; init; }

    /// <summary>Done once the answer is on its way, such as ending the process that gives it.</summary>
    public Action? AfterSending { get; init; }

    public static HttpResponse OfText(string text, int status = 200, string? allow = null, Action? afterSending = null, string contentType = Text)
    {
        var response = new HttpResponse(status, contentType) { Allow = allow, AfterSending = afterSending };
        Encoding.UTF8.GetBytes(text, response.Body);
        return response;
    }

    /// <param name="write">Writes the fields of the one object.</param>
    public static HttpResponse OfJson(Action<Utf8JsonWriter> write, int status = 200)
    {
        ArgumentNullException.ThrowIfNull(write);
        var response = new HttpResponse(status, Json);
        using (var json = new Utf8JsonWriter(response.Body, _indented))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        response.Body.Write("\n"u8);
        return response;
    }

    /// <summary>The status line and headers (RFC 9112 4).</summary>
    public byte[] Head(bool keepsConnection, DateTimeOffset now)
    {
        var allow = Allow is null ? "" : $"allow: {Allow}\r\n";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {Status} {Reason(Status)}\r\ndate: {now:R}\r\ncontent-type: {ContentType}\r\ncontent-length: {Body.WrittenCount}\r\n"
            + $"cache-control: no-cache, max-age=0\r\nx-content-type-options: nosniff\r\n{allow}"
            + $"connection: {(keepsConnection ? "keep-alive" : "close")}\r\n\r\n");
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "",
    };
}
