namespace Intercept.Control.Model.Traffic;

internal enum SimpleLoadBalancer
{
    /// <summary>The default: LEAST_REQUEST.</summary>
    Unspecified,
    LeastRequest,
    RoundRobin,
    Random,

    /// <summary>To where the application was going.</summary>
    Passthrough,
}
