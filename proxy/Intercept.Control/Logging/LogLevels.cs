using Microsoft.Extensions.Logging;

namespace Intercept.Control.Logging;

/// <summary>Levels by the names that intercept-proxy gives them.</summary>
internal static class LogLevels
{
    public const string Choices = "trace|debug|info|warning|error|critical|off";

    public static string Label(this LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        _ => "off",
    };

    public static LogLevel Parse(string label) =>
        Enum.GetValues<LogLevel>().First(level => level.Label() == label);
}
