using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

internal static partial class ServeReports
{
    [LoggerMessage(Level = LogLevel.Information, Message = "intercept-control {Version} serves on {Addresses}")]
    public static partial void Serving(ILogger logger, string version, string addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "ending; {Count} proxies are told to come back elsewhere")]
    public static partial void Ending(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Critical, Message = "ended by a defect: {Why}")]
    public static partial void Failed(ILogger logger, string why);
}
