using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

internal static partial class AuthorityLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "made a root and an intermediate of our own in {Folder}")]
    public static partial void Made(ILogger log, string folder);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "a new root is being distributed; it signs from {SignsFrom:u}")]
    public static partial void Announced(ILogger log, DateTimeOffset? signsFrom);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "the new root signs now, and is valid until {NotAfter:u}")]
    public static partial void Switched(ILogger log, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 4, Level = LogLevel.Information, Message = "{Count} old root(s) left the bundle: nothing that they signed is valid")]
    public static partial void Dropped(ILogger log, int count);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "read the authority supplied in {Folder} again; it is valid until {NotAfter:u}")]
    public static partial void SuppliedRead(ILogger log, string folder, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "kept the authority in force, because the supplied one cannot be used: {Why}")]
    public static partial void SuppliedRefused(ILogger log, string why);

    [LoggerMessage(EventId = 7, Level = LogLevel.Debug, Message = "issued a certificate for {Identity} until {NotAfter:u} to {Origin}")]
    public static partial void Issued(ILogger log, string identity, DateTimeOffset notAfter, string origin);

    [LoggerMessage(EventId = 8, Level = LogLevel.Warning, Message = "refused a certificate to {Origin} ({Reason}): {Why}")]
    public static partial void Refused(ILogger log, string origin, RefusalReason reason, string why);

    [LoggerMessage(EventId = 9, Level = LogLevel.Error, Message = "cannot look after the authority, and will try again: {Why}")]
    public static partial void CheckFailed(ILogger log, string why);

    [LoggerMessage(EventId = 10, Level = LogLevel.Debug, Message = "the certificate of our TLS ports is new, and valid until {NotAfter:u}")]
    public static partial void ServerRenewed(ILogger log, DateTimeOffset notAfter);
}
