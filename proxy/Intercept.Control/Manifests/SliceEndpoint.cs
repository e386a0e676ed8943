using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests;

/// <param name="Pod">The name of the pod that it is; null when nothing says.</param>
internal sealed record SliceEndpoint(ValueList<NetAddress> Addresses, EndpointHealth Health, string? Pod, string Zone);
