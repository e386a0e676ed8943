using Intercept.Control.Generation.Traffic;
using Intercept.Control.Model;
using Intercept.Core.Addressing;

namespace Intercept.Control.Generation.Listeners;

/// <summary>Where connections go that match: by SNI, by original destination, or, if both are empty, all that are left.</summary>
internal sealed record ConnectionTarget(ValueList<string> ServerNames, ValueList<Cidr> Subnets, ValueList<WeightedTarget> Clusters)
{
    public static ConnectionTarget All(ValueList<WeightedTarget> clusters) => new([], [], clusters);

    public static ConnectionTarget All(string cluster) => All([new WeightedTarget(cluster, 1)]);

    public bool IsForAll => ServerNames.IsEmpty && Subnets.IsEmpty;
}
