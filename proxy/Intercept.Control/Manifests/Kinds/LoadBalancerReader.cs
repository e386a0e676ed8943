using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A DestinationRule's loadBalancer.</summary>
internal static class LoadBalancerReader
{
    private const int All = 100;

    public static LoadBalancerSettings Read(Fields fields)
    {
        if (fields.Has("simple") && fields.Has("consistentHash"))
        {
            fields.Report("consistentHash", null, "cannot be beside simple", "one of them");
        }

        var warmup = fields.Object("warmup", ReadWarmup)?.Duration ?? fields.Duration("warmupDurationSecs");
        var simple = fields.Choice(
            "simple",
            ("UNSPECIFIED", SimpleLoadBalancer.Unspecified), ("LEAST_REQUEST", SimpleLoadBalancer.LeastRequest),
            ("LEAST_CONN", SimpleLoadBalancer.LeastRequest), ("ROUND_ROBIN", SimpleLoadBalancer.RoundRobin),
            ("RANDOM", SimpleLoadBalancer.Random), ("PASSTHROUGH", SimpleLoadBalancer.Passthrough));
        return new LoadBalancerSettings(
            simple, fields.Object("consistentHash", ReadHash), fields.Object("localityLbSetting", ReadLocality), warmup);
    }

    private static Warmup ReadWarmup(Fields fields)
    {
        fields.Require("duration", Forms.Duration.Allowed);
        fields.Warn("minimumPercent", "has no effect: Envoy's default is used");
        fields.Warn("aggression", "has no effect: Envoy's default is used");
        return new Warmup(fields.Duration("duration"));
    }

    private static ConsistentHash ReadHash(Fields fields)
    {
        ReadOnlySpan<string> keys = ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"];
        var given = 0;
        foreach (var key in keys)
        {
            given += fields.Has(key) ? 1 : 0;
        }

        if (given != 1)
        {
            fields.Report("", null, given == 0 ? "hashes nothing" : "has several keys", $"one of {string.Join(", ", keys)}");
        }

        var ring = fields.Object("ringHash", ring => new Size((ulong?)ring.Integer("minimumRingSize", 1, long.MaxValue)));
        var maglev = fields.Object("maglev", maglev => new Size((ulong?)maglev.Integer("tableSize", 1, long.MaxValue)));
        var oldRing = (ulong?)fields.Integer("minimumRingSize", 1, long.MaxValue);
        return new ConsistentHash
        {
            HttpHeaderName = fields.Text("httpHeaderName", Forms.NotEmpty),
            HttpCookie = fields.Object("httpCookie", ReadCookie),
            UseSourceIp = fields.Flag("useSourceIp") ?? false,
            HttpQueryParameterName = fields.Text("httpQueryParameterName", Forms.NotEmpty),
            MinimumRingSize = ring?.Value ?? oldRing,
            MaglevTableSize = maglev?.Value,
            IsMaglev = maglev is not null,
        };
    }

    private static HashCookie ReadCookie(Fields fields)
    {
        fields.Warn("attributes", "has no effect");
        return new HashCookie(fields.RequiredText("name", Forms.NotEmpty), fields.Text("path"), fields.Duration("ttl"));
    }

    private static LocalityBalancing ReadLocality(Fields fields)
    {
        var locality = new LocalityBalancing(
            fields.Flag("enabled"),
            fields.Objects("distribute", ReadDistribution),
            fields.Objects("failover", failover => new Failover(new LocalityFailover(
                failover.RequiredText("from", Forms.NotEmpty), failover.RequiredText("to", Forms.NotEmpty)))).Select(failover => failover.Value).ToValueList(),
            fields.Texts("failoverPriority"));
        if (!locality.Distribute.IsEmpty && !(locality.Failover.IsEmpty && locality.FailoverPriority.IsEmpty))
        {
            fields.Report("distribute", null, "cannot be beside failover or failoverPriority", "one of them");
        }

        return locality;
    }

    private static LocalityDistribution ReadDistribution(Fields fields)
    {
        var shares = fields.Map("to", Forms.NotEmpty, (node, place) => Share(fields, node, place));
        if (shares.Values.Sum(share => share.Value) != All)
        {
            fields.Report("to", null, "does not add up to 100", "percentages by locality");
        }

        return new LocalityDistribution(
            fields.RequiredText("from", Forms.NotEmpty), new ValueMap<uint>(shares.Select(share => KeyValuePair.Create(share.Key, (uint)share.Value.Value))));
    }

    private static Percentage? Share(Fields fields, ConfigNode node, string place) =>
        fields.IntegerOf(node, place, 0, All) is { } value ? new Percentage(value) : null;

    private sealed record Warmup(TimeSpan? Duration);

    private sealed record Size(ulong? Value);

    private sealed record Failover(LocalityFailover Value);

    private sealed record Percentage(long Value);
}
