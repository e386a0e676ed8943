using System.Collections.Immutable;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Discovery;

/// <summary>What happened between a client and its server: for the log, and as a status that any thread may read.</summary>
internal sealed partial class DiscoveryJournal(ServerAddress server, TimeProvider time, ILogger logger)
{
    private DiscoveryStatus _status = DiscoveryStatus.Initial;

    public DiscoveryStatus Status => Volatile.Read(ref _status);

    public void Answered(bool isFirst, ResourceType? type, string? controlPlane, string? refusal, IEnumerable<string> serverErrors)
    {
        if (isFirst)
        {
            LogConnected(logger, server, controlPlane ?? "a server without a name");
            Publish(_status with { IsConnected = true, Since = time.GetUtcNow(), ControlPlane = controlPlane, Streams = _status.Streams + 1 });
        }

        Publish(_status with { LastResponse = time.GetUtcNow(), Responses = _status.Responses + 1, ByType = Count(type, refusal is not null) });
        if (refusal is not null)
        {
            LogRefused(logger, server, refusal);
            Publish(_status with { LastRefusal = refusal, Refusals = _status.Refusals + 1 });
        }

        foreach (var error in serverErrors)
        {
            LogServerError(logger, server, error);
        }
    }

    public void Absent(ResourceType type, string name) => LogAbsent(logger, server, TypeUrls.Describe(type, name));

    public void Expired(ImmutableArray<(ResourceType Type, string Name)> resources)
    {
        foreach (var (type, name) in resources)
        {
            LogExpired(logger, server, TypeUrls.Describe(type, name));
        }
    }

    public void Opening(bool isDelta) => Publish(_status with { IsDelta = isDelta });

    public void WithoutDelta() => LogWithoutDelta(logger, server);

    public void Ended(string why)
    {
        LogEnded(logger, server, why);
        Publish(_status with
        {
            Since = _status.IsConnected || _status.Since is null ? time.GetUtcNow() : _status.Since,
            IsConnected = false,
            LastFailure = why,
            Failures = _status.Failures + 1,
        });
    }

    public void Escaped(Exception failure) => LogEscaped(logger, failure, server);

    private ImmutableArray<ResponseCount> Count(ResourceType? type, bool isRefused)
    {
        if (type is not { } known)
        {
            return _status.ByType;
        }

        var count = _status.ByType[(int)known];
        return _status.ByType.SetItem((int)known, new ResponseCount(count.Responses + 1, count.Refusals + (isRefused ? 1 : 0)));
    }

    private void Publish(DiscoveryStatus status) => Volatile.Write(ref _status, status);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Server}: connected to {ControlPlane}")]
    private static partial void LogConnected(ILogger logger, ServerAddress server, string controlPlane);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: disconnected, what came before stays in force: {Why}")]
    private static partial void LogEnded(ILogger logger, ServerAddress server, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: refused in part or whole: {Refusal}")]
    private static partial void LogRefused(ILogger logger, ServerAddress server, string refusal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: cannot give {Error}")]
    private static partial void LogServerError(ILogger logger, ServerAddress server, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: {Resource} did not come in time")]
    private static partial void LogAbsent(ILogger logger, ServerAddress server, string resource);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: {Resource} is no more, since nothing was heard of it in its time to live")]
    private static partial void LogExpired(ILogger logger, ServerAddress server, string resource);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Server}: does not know delta xDS, so it is asked for the state of the world")]
    private static partial void LogWithoutDelta(ILogger logger, ServerAddress server);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Server}: a response could not be dealt with")]
    private static partial void LogEscaped(ILogger logger, Exception exception, ServerAddress server);
}
