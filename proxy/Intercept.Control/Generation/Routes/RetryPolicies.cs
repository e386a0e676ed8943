using System.Globalization;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Retry.Host.PreviousHosts.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Routes;

internal static class RetryPolicies
{
    // Istio's defaults.
    private const uint DefaultAttempts = 2;
    private const string DefaultConditions = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
    private const string ByStatus = "retriable-status-codes";
    private const int HostAttempts = 5;

    // Linkerd bounds retries by their budget and by the route's timeout, not by a number.
    private const uint ManyAttempts = 100;

    // What Linkerd takes as a failure of gRPC, as far as Envoy has a name for it.
    private const string FailuresOfGrpc = "deadline-exceeded,internal,unavailable";

    /// <param name="retry">Null for the default.</param>
    public static RetryPolicy? Of(HttpRetry? retry, ProxyDialect dialect)
    {
        if (retry is null)
        {
            return Add(new RetryPolicy { RetryOn = DefaultConditions, NumRetries = DefaultAttempts }, dialect, avoidsHosts: true);
        }

        if (retry.Attempts <= 0)
        {
            return null;
        }

        var (conditions, statuses) = Split(retry);
        return Add(
            new RetryPolicy
            {
                RetryOn = conditions.Count == 0 ? DefaultConditions : string.Join(',', conditions),
                NumRetries = (uint)retry.Attempts,
                PerTryTimeout = ToDuration(retry.PerTryTimeout),
                RetriableStatusCodes = { statuses },
                RetryBackOff = retry.Backoff is { } backoff ? new RetryPolicy.Types.RetryBackOff { BaseInterval = Duration.FromTimeSpan(backoff) } : null,
            },
            dialect,
            retry.RetryIgnorePreviousHosts);
    }

    /// <summary>Of a route of a ServiceProfile: whatever counts as a failure, whatever the method, but nothing without a response.</summary>
    public static RetryPolicy? Of(ProfileRoute route) => !route.IsRetryable ? null : new RetryPolicy
    {
        RetryOn = $"{ByStatus},{FailuresOfGrpc}",
        NumRetries = ManyAttempts,
        RetriableStatusCodes = { Enumerable.Range(100, 500).Where(status => IsFailure(route, status)).Select(status => (uint)status) },
        RetryBackOff = new RetryPolicy.Types.RetryBackOff
        {
            BaseInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)),
            MaxInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1)),
        },
    };

    private static bool IsFailure(ProfileRoute route, int status)
    {
        foreach (var responses in route.ResponseClasses)
        {
            if (Matches(responses.Condition, status))
            {
                return responses.IsFailure;
            }
        }

        return status >= 500;
    }

    private static bool Matches(ResponseMatch match, int status) =>
        (match.Status is not { } range || (range.Minimum <= status && status <= range.Maximum))
        && (match.All is not { } all || all.All(part => Matches(part, status)))
        && (match.Any is not { } any || any.Any(part => Matches(part, status)))
        && (match.Not is not { } not || !Matches(not, status));

    // A number among the conditions is a status.
    private static (List<string> Conditions, List<uint> Statuses) Split(HttpRetry retry)
    {
        var (conditions, statuses) = (new List<string>(), new List<uint>());
        foreach (var condition in retry.RetryOn)
        {
            if (uint.TryParse(condition, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                statuses.Add(status);
            }
            else
            {
                conditions.Add(condition);
            }
        }

        if (statuses.Count > 0 && conditions.Count > 0 && !conditions.Contains(ByStatus))
        {
            conditions.Add(ByStatus);
        }

        return statuses.Count > 0 && conditions.Count == 0 ? ([ByStatus], statuses) : (conditions, statuses);
    }

    private static RetryPolicy Add(RetryPolicy policy, ProxyDialect dialect, bool avoidsHosts)
    {
        if (avoidsHosts && dialect != ProxyDialect.Grpc)
        {
            policy.RetryHostPredicate.Add(new RetryPolicy.Types.RetryHostPredicate
            {
                Name = "envoy.retry_host_predicates.previous_hosts",
                TypedConfig = new PreviousHostsPredicate().Packed(),
            });
            policy.HostSelectionRetryMaxAttempts = HostAttempts;
        }

        return policy;
    }

    private static Duration? ToDuration(TimeSpan? time) => time is { } value ? Duration.FromTimeSpan(value) : null;
}
