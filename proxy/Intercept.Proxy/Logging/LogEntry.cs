using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Logging;

internal readonly record struct LogEntry(DateTimeOffset Time, LogLevel Level, string Category, string Message);
