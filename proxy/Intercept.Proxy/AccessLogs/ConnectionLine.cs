using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Logging;

namespace Intercept.Proxy.AccessLogs;

/// <summary>A record as one line of JSON. Field names are Envoy's, where Envoy has the field.</summary>
internal sealed class ConnectionLine : IDisposable
{
    private static readonly JsonEncodedText _startTime = JsonEncodedText.Encode("start_time");
    private static readonly JsonEncodedText _downstreamRemote = JsonEncodedText.Encode("downstream_remote_address");
    private static readonly JsonEncodedText _downstreamLocal = JsonEncodedText.Encode("downstream_local_address");
    private static readonly JsonEncodedText _originalDestination = JsonEncodedText.Encode("original_destination");
    private static readonly JsonEncodedText _upstreamHost = JsonEncodedText.Encode("upstream_host");
    private static readonly JsonEncodedText _upstreamLocal = JsonEncodedText.Encode("upstream_local_address");

    // Read by people and log collectors, never put into a web page: a quote in OpenSSL's words may stay readable.
    private readonly Utf8JsonWriter _json = new(
        Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public void Write(in ConnectionRecord record, ArrayBufferWriter<byte> line)
    {
        _json.Reset(line);
        _json.WriteStartObject();
        WriteTime(record.StartTime);
        _json.WriteString("direction"u8, Direction(record.Direction));
        _json.WriteString("listener"u8, record.Listener);
        _json.WriteString("filter_chain"u8, record.FilterChain);
        WriteEndpoint(_downstreamRemote, record.DownstreamRemote);
        WriteEndpoint(_downstreamLocal, record.DownstreamLocal);
        WriteEndpoint(_originalDestination, record.OriginalDestination);
        _json.WriteString("requested_server_name"u8, record.RequestedServerName);
        _json.WriteString("source.principal"u8, record.SourcePrincipal?.Text);
        _json.WriteString("destination.principal"u8, record.DestinationPrincipal?.Text);
        _json.WriteString("downstream_tls_version"u8, record.DownstreamTlsVersion);
        _json.WriteString("downstream_tls_cipher"u8, record.DownstreamTlsCipher);
        _json.WriteString("upstream_tls_version"u8, record.UpstreamTlsVersion);
        _json.WriteString("upstream_tls_cipher"u8, record.UpstreamTlsCipher);
        _json.WriteString("upstream_cluster"u8, record.UpstreamCluster);
        WriteEndpoint(_upstreamHost, record.UpstreamHost);
        WriteEndpoint(_upstreamLocal, record.UpstreamLocal);
        _json.WriteNumber("bytes_received"u8, record.BytesReceived);
        _json.WriteNumber("bytes_sent"u8, record.BytesSent);
        _json.WriteNumber("duration_ms"u8, (long)record.Duration.TotalMilliseconds);
        _json.WriteString("close_reason"u8, record.CloseReason.Label());
        _json.WriteString("blame"u8, BlameLabel(record.Blame));
        _json.WriteString("detail"u8, Detail(record));
        _json.WriteString("rbac_policy"u8, record.RbacPolicy);
        _json.WriteEndObject();
        _json.Flush();
        line.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private static string Direction(TrafficDirection direction) => direction switch
    {
        TrafficDirection.Inbound => "inbound",
        TrafficDirection.Outbound => "outbound",
        _ => "unspecified",
    };

    private static string BlameLabel(Blame blame) => blame switch
    {
        Blame.Downstream => "downstream",
        Blame.Upstream => "upstream",
        Blame.Proxy => "proxy",
        Blame.Policy => "policy",
        Blame.Operator => "operator",
        _ => "none",
    };

    private static string? Detail(in ConnectionRecord record)
    {
        if (record.ErrorNumber == 0)
        {
            return record.Detail;
        }

        var error = Errno.Describe(record.ErrorNumber);
        return record.Detail is { Length: > 0 } detail ? $"{detail}: {error}" : error;
    }

    private void WriteTime(DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[LogLine.TimeFormat.Length];
        time.UtcDateTime.TryFormat(text, out var written, LogLine.TimeFormat, CultureInfo.InvariantCulture);
        _json.WriteString(_startTime, text[..written]);
    }

    private void WriteEndpoint(JsonEncodedText name, NetEndpoint? endpoint)
    {
        if (endpoint is { } value)
        {
            _json.WriteString(name, value.ToString());
        }
        else
        {
            _json.WriteNull(name);
        }
    }
}
