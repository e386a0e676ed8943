using Intercept.Core.Problems;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Manifests;

internal static partial class ManifestLog
{
    [LoggerMessage(100, LogLevel.Information, "manifests of {Source}: generation {Generation} is in force, {Objects} objects from {Files} files, {Warnings} warnings")]
    public static partial void InForce(ILogger logger, string source, long generation, int objects, int files, int warnings);

    [LoggerMessage(101, LogLevel.Error, "manifest refused: {Problem}")]
    public static partial void Refused(ILogger logger, Problem problem);

    [LoggerMessage(102, LogLevel.Error, "manifests of {Source}: {Problems} problems, generation {Generation} stays in force")]
    public static partial void LastGoodStays(ILogger logger, string source, int problems, long generation);
}
