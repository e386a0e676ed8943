using Intercept.Runtime.Http;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin;

/// <summary>What the servers of admin and health report, in the proxy's log.</summary>
internal sealed partial class HttpReports(ILogger log) : IHttpReports
{
    public void AcceptPaused(string where, string why) => LogAcceptPaused(log, where, why);

    public void PageFailed(Exception exception) => LogPageFailed(log, exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{address} accepts no connections for a moment: {why}")]
    private static partial void LogAcceptPaused(ILogger log, string address, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "an admin page met a defect of the proxy")]
    private static partial void LogPageFailed(ILogger log, Exception exception);
}
