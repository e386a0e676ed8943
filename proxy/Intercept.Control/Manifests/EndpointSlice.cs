using Intercept.Control.Model;

namespace Intercept.Control.Manifests;

/// <summary>A part of the endpoints of a service.</summary>
/// <param name="Service">From the label kubernetes.io/service-name.</param>
internal sealed record EndpointSlice(
    string Namespace, string Name, string Service, ValueList<SlicePort> Ports, ValueList<SliceEndpoint> Endpoints, Origin Origin);
