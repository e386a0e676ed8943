namespace Intercept.Control.Model.Traffic;

internal sealed record TrafficPolicy
{
    public LoadBalancerSettings? LoadBalancer { get; init; }

    public ConnectionPool? ConnectionPool { get; init; }

    public OutlierDetection? OutlierDetection { get; init; }

    public ClientTls? Tls { get; init; }

    /// <summary>By the service's port; takes the place of the whole policy for it.</summary>
    public ValueList<PortTrafficPolicy> Ports { get; init; }
}
