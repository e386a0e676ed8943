using Microsoft.Extensions.Logging;

namespace Intercept.Control.Serving.Streams;

internal static partial class StreamReports
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} connected ({Protocol}, {Caller}); {Count} proxies")]
    public static partial void Connected(ILogger logger, string node, string protocol, string caller, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} left ({Why}); {Count} proxies")]
    public static partial void Left(ILogger logger, string node, string why, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "refused a stream from {Origin}: {Why}")]
    public static partial void Refused(ILogger logger, string origin, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} refused {Type}: {Reason}")]
    public static partial void Rejected(ILogger logger, string node, string type, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Node} asks for more than it may: {Why}")]
    public static partial void OverLimit(ILogger logger, string node, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Node} sent {Type}: {Updated} resources, {Removed} removed, generation {Generation}")]
    public static partial void Sent(ILogger logger, string node, string type, int updated, int removed, long generation);

    [LoggerMessage(Level = LogLevel.Error, Message = "the stream of {Node} met a defect of the control plane")]
    public static partial void Failed(ILogger logger, string node, Exception exception);
}
