using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Intercept.Node.Agent;

/// <summary>Lines on standard error, of the agent and of the plugins that it speaks for.</summary>
internal sealed class AgentLog(TextWriter output, bool isJson, TimeProvider time)
{
    private readonly Lock _gate = new();

    public void Info(string message) => Write("info", message);

    public void Warning(string message) => Write("warning", message);

    public void Error(string message) => Write("error", message);

    /// <summary>A plugin's line, which is JSON already and says its own time and level.</summary>
    public void Plugin(string line)
    {
        // Whoever may use the socket is root; a line is still no place for another line's beginning.
        var clean = line.ReplaceLineEndings(" ").Trim();
        if (clean.Length > 0)
        {
            WriteLine(isJson && IsJson(clean) ? clean : $"{Time()} plugin {clean}");
        }
    }

    private static bool IsJson(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Write(string level, string message)
    {
        if (!isJson)
        {
            WriteLine($"{Time()} {level} {message}");
            return;
        }

        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("time", Time());
            json.WriteString("level", level);
            json.WriteString("msg", message);
            json.WriteEndObject();
        }

        WriteLine(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
    }

    private string Time() => time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private void WriteLine(string line)
    {
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
