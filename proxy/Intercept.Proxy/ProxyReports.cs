using Microsoft.Extensions.Logging;

namespace Intercept.Proxy;

internal static partial class ProxyReports
{
    [LoggerMessage(Level = LogLevel.Error, Message = "the control loop met a defect of the proxy")]
    public static partial void Escaped(ILogger logger, Exception exception);
}
