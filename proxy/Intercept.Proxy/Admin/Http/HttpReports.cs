using Intercept.Core.Addressing;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin.Http;

internal static partial class HttpReports
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{address} accepts no connections for a moment: {why}")]
    public static partial void AcceptPaused(ILogger log, NetEndpoint address, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "an admin page met a defect of the proxy")]
    public static partial void PageFailed(ILogger log, Exception exception);
}
