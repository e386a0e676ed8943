using Intercept.Control.Model.Services;

namespace Intercept.Control.Model.Traffic;

/// <param name="Port">Null: every port that the hosts have.</param>
internal sealed record EgressListener(ServicePort? Port, string? Bind, CaptureMode CaptureMode, ValueList<EgressHost> Hosts);
