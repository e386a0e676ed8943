using Microsoft.Extensions.Logging;

namespace Intercept.Control.Kubernetes;

internal static partial class KubernetesLog
{
    [LoggerMessage(120, LogLevel.Warning, "{Plural} of the Kubernetes API cannot be read: {Why}")]
    public static partial void CannotRead(ILogger logger, string plural, string why);

    [LoggerMessage(121, LogLevel.Information, "{Plural}: the API server no longer knows version {ResourceVersion}, listing again")]
    public static partial void ListAgain(ILogger logger, string plural, string? resourceVersion);

    [LoggerMessage(122, LogLevel.Information, "{Server}: generation {Generation} is in force, {Objects} objects, {Problems} problems, {Warnings} warnings")]
    public static partial void InForce(ILogger logger, Uri server, long generation, int objects, int problems, int warnings);
}
