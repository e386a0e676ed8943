using Envoy.Config.Route.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;
using ClusterWeight = Envoy.Config.Route.V3.WeightedCluster.Types.ClusterWeight;
using HashPolicy = Envoy.Config.Route.V3.RouteAction.Types.HashPolicy;

namespace Intercept.Control.Generation.Routes;

/// <summary>The clusters of a route.</summary>
internal sealed class RouteTargets(Destinations destinations)
{
    public Destinations Destinations => destinations;

    /// <summary>By destinations of a VirtualService. The headers of a single one are the route's own.</summary>
    public void Apply(Route route, RouteAction action, ValueList<RouteDestination> to, int port)
    {
        var meant = to.Count == 1 ? to.ToList() : to.Where(destination => destination.Weight > 0).ToList();
        if (meant.Count <= 1)
        {
            action.Cluster = meant.Count == 0 ? ResourceNames.BlackHole : destinations.ClusterOf(meant[0].Destination, port);
            if (meant.Count == 1 && meant[0].Headers is { } headers)
            {
                Apply(route, action, headers);
            }
        }
        else
        {
            action.WeightedClusters = new WeightedCluster { Clusters = { meant.Select(destination => ToWeight(destination, port)) } };
        }

        if (meant.Select(destination => PlanOf(destination.Destination, port)).FirstOrDefault(plan => plan is not null) is { } plan)
        {
            ApplyHash(action, plan);
        }
    }

    /// <summary>By names of clusters.</summary>
    public static void Apply(RouteAction action, ValueList<WeightedTarget> targets)
    {
        if (targets.Count == 1)
        {
            action.Cluster = targets[0].Cluster;
        }
        else
        {
            action.WeightedClusters = new WeightedCluster
            {
                Clusters = { targets.Select(target => new ClusterWeight { Name = target.Cluster, Weight = target.Weight }) },
            };
        }
    }

    public static void Apply(Route route, RouteAction action, HeaderRules headers)
    {
        route.RequestHeadersToAdd.AddRange(HeaderMutations.Of(headers.Request));
        route.RequestHeadersToRemove.AddRange(headers.Request.Remove);
        route.ResponseHeadersToAdd.AddRange(HeaderMutations.Of(headers.Response));
        route.ResponseHeadersToRemove.AddRange(headers.Response.Remove);
        if (HeaderMutations.HostOf(headers.Request) is { } host)
        {
            action.HostRewriteLiteral = host;
        }
    }

    /// <summary>By what the endpoint of a request is chosen, where its cluster chooses by hash.</summary>
    public static void ApplyHash(RouteAction action, ClusterPlan plan)
    {
        if (plan.Policy.LoadBalancer?.ConsistentHash is not { } hash)
        {
            return;
        }

        action.HashPolicy.Add(hash switch
        {
            { HttpHeaderName: { } header } => new HashPolicy { Header = new HashPolicy.Types.Header { HeaderName = header } },
            { HttpCookie: { } cookie } => new HashPolicy
            {
                Cookie = new HashPolicy.Types.Cookie
                {
                    Name = cookie.Name,
                    Path = cookie.Path ?? "",
                    Ttl = cookie.Ttl is { } ttl ? Duration.FromTimeSpan(ttl) : null,
                },
            },
            { HttpQueryParameterName: { } parameter } => new HashPolicy { QueryParameter = new HashPolicy.Types.QueryParameter { Name = parameter } },
            _ => new HashPolicy { ConnectionProperties = new HashPolicy.Types.ConnectionProperties { SourceIp = true } },
        });
    }

    private ClusterWeight ToWeight(RouteDestination to, int port)
    {
        var weight = new ClusterWeight { Name = destinations.ClusterOf(to.Destination, port), Weight = to.Weight };
        if (to.Headers is { } headers)
        {
            weight.RequestHeadersToAdd.AddRange(HeaderMutations.Of(headers.Request));
            weight.RequestHeadersToRemove.AddRange(headers.Request.Remove);
            weight.ResponseHeadersToAdd.AddRange(HeaderMutations.Of(headers.Response));
            weight.ResponseHeadersToRemove.AddRange(headers.Response.Remove);
            if (HeaderMutations.HostOf(headers.Request) is { } host)
            {
                weight.HostRewriteLiteral = host;
            }
        }

        return weight;
    }

    private ClusterPlan? PlanOf(Destination destination, int port) =>
        destinations.Find(destination.Host, destination.Subset, destination.Port, port);
}
