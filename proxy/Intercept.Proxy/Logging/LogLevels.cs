using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Logging;

/// <summary>Levels by the names that Envoy gives them.</summary>
internal static class LogLevels
{
    public const string Allowed = "trace, debug, info, warning, error, critical or off";

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

    public static bool TryParse(string text, out LogLevel level)
    {
        LogLevel? found = text switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warning" or "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" => LogLevel.Critical,
            "off" => LogLevel.None,
            _ => null,
        };
        level = found ?? LogLevel.None;
        return found is not null;
    }
}
