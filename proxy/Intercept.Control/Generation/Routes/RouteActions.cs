using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Traffic;
using Mirror = Envoy.Config.Route.V3.RouteAction.Types.RequestMirrorPolicy;
using ResponseCode = Envoy.Config.Route.V3.RedirectAction.Types.RedirectResponseCode;

namespace Intercept.Control.Generation.Routes;

/// <summary>What is done with the requests of a VirtualService's route.</summary>
internal sealed class RouteActions(RouteTargets targets, ProxyDialect dialect)
{
    public void Apply(Route target, HttpRoute route, HttpMatch? match, int port)
    {
        if (route.Redirect is { } redirect)
        {
            target.Redirect = Of(redirect);
        }
        else if (route.DirectResponse is { } response)
        {
            target.DirectResponse = new DirectResponseAction
            {
                Status = (uint)response.Status,
                Body = response.Body is { } body ? new DataSource { InlineBytes = ByteString.FromBase64(body) } : null,
            };
        }
        else
        {
            target.Route_ = Forward(target, route, match, port);
        }
    }

    public void ApplyTimeout(RouteAction action, TimeSpan? timeout)
    {
        // A gRPC client takes its deadline from there; a proxy bounds by it what a gRPC request asks for.
        if (dialect == ProxyDialect.Grpc)
        {
            action.MaxStreamDuration = timeout is { } limit
                ? new RouteAction.Types.MaxStreamDuration { MaxStreamDuration_ = Duration.FromTimeSpan(limit) }
                : null;
            return;
        }

        action.Timeout = Duration.FromTimeSpan(timeout ?? TimeSpan.Zero);
        action.MaxStreamDuration = new RouteAction.Types.MaxStreamDuration { GrpcTimeoutHeaderMax = Duration.FromTimeSpan(timeout ?? TimeSpan.Zero) };
    }

    private RouteAction Forward(Route target, HttpRoute route, HttpMatch? match, int port)
    {
        var action = new RouteAction { RetryPolicy = RetryPolicies.Of(route.Retry, dialect) };
        ApplyTimeout(action, route.Timeout);
        if (route.Headers is { } headers)
        {
            RouteTargets.Apply(target, action, headers);
        }

        targets.Apply(target, action, route.Destinations, port);
        ApplyRewrite(action, route.Rewrite, match);
        action.RequestMirrorPolicies.AddRange(route.Mirrors.Select(mirror => new Mirror
        {
            Cluster = targets.Destinations.ClusterOf(mirror.Destination, port),
            RuntimeFraction = Percentages.Runtime(mirror.Percentage),
        }));
        return action;
    }

    private static void ApplyRewrite(RouteAction action, HttpRewrite? rewrite, HttpMatch? match)
    {
        if (rewrite?.Authority is { } authority)
        {
            action.HostRewriteLiteral = authority;
        }

        if (rewrite?.UriRegex is { } pattern)
        {
            action.RegexRewrite = new RegexMatchAndSubstitute
            {
                Pattern = new RegexMatcher { Regex = pattern },
                Substitution = rewrite.UriRegexReplacement ?? "",
            };
        }
        else if (rewrite?.Uri is { } uri && match?.Uri?.Kind == TextMatchKind.Regex)
        {
            // There is no prefix that could be replaced: all of the path is.
            action.RegexRewrite = new RegexMatchAndSubstitute { Pattern = new RegexMatcher { Regex = "^/.*$" }, Substitution = uri };
        }
        else if (rewrite?.Uri is { } prefix)
        {
            action.PrefixRewrite = prefix;
        }
    }

    private static RedirectAction Of(HttpRedirect redirect)
    {
        var action = new RedirectAction
        {
            HostRedirect = redirect.Authority ?? "",
            PortRedirect = (uint)(redirect.Port ?? DefaultPort(redirect) ?? 0),
            ResponseCode = redirect.Code switch
            {
                302 => ResponseCode.Found,
                303 => ResponseCode.SeeOther,
                307 => ResponseCode.TemporaryRedirect,
                308 => ResponseCode.PermanentRedirect,
                _ => ResponseCode.MovedPermanently,
            },
        };
        if (redirect.Uri is { } uri)
        {
            action.PathRedirect = uri;
        }

        if (redirect.Scheme is { } scheme)
        {
            action.SchemeRedirect = scheme;
        }

        return action;
    }

    private static int? DefaultPort(HttpRedirect redirect) => redirect.DerivedPort == "FROM_PROTOCOL_DEFAULT" && redirect.Scheme is not null
        ? redirect.Scheme == "https" ? 443 : 80
        : null;
}
