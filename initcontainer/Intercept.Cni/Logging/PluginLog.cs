using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Intercept.Cni.Deciding;

namespace Intercept.Cni.Logging;

/// <summary>
/// JSON lines to standard error, which runtimes keep or do not, to a file, and to the node agent. A log that cannot be written is no
/// reason to refuse a pod.
/// </summary>
internal sealed class PluginLog(string verb, TextWriter error, TimeProvider time)
{
    // A pod waits for it.
    private static readonly TimeSpan _agentLimit = TimeSpan.FromMilliseconds(200);

    private static readonly JsonWriterOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string> _lines = [];

    public string Container { get; set; } = "";

    public string Pod { get; set; } = "";

    /// <summary>Null until the configuration names one.</summary>
    public string? File { get; set; }

    public void Info(string message) => Write(LogLevel.Info, message);

    public void Warning(string message) => Write(LogLevel.Warning, message);

    public void Error(string message) => Write(LogLevel.Error, message);

    public async Task SendAsync(AgentClient agent)
    {
        if (_lines.Count == 0)
        {
            return;
        }

        using var limit = new CancellationTokenSource(_agentLimit, time);
        try
        {
            await agent.LogAsync(string.Join('\n', _lines), limit.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // It stands in the file.
        }
    }

    private void Write(LogLevel level, string message)
    {
        var line = Line(level, message);
        _lines.Add(line);
        error.WriteLine(line);
        if (File is { } path && LogFile.Append(path, line) is { } failure)
        {
            File = null;
            error.WriteLine(Line(LogLevel.Warning, $"{path} cannot be written: {failure}"));
        }
    }

    private string Line(LogLevel level, string message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _readable))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", level switch { LogLevel.Info => "info", LogLevel.Warning => "warning", _ => "error" });
            json.WriteString("verb", verb);
            json.WriteString("container", Container);
            json.WriteString("pod", Pod);
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
