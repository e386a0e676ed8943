using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.AccessLogs;

/// <summary>What the access log says in the application log.</summary>
internal static partial class AccessLogReports
{
    [LoggerMessage(1, LogLevel.Warning, "{lines} lines of the access log are lost: {why}")]
    public static partial void LinesLost(ILogger log, long lines, string why);

    [LoggerMessage(2, LogLevel.Error, "the access log stays in the file in use, because it cannot be opened again: {why}")]
    public static partial void NotReopened(ILogger log, string why);
}
