using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Admin.State;

/// <param name="Addresses">As bound: with the port that the kernel chose, where the configuration says 0.</param>
/// <param name="IsDraining">Accepts no more; its connections live on.</param>
internal sealed record ListenerStatus(
    string Name, TrafficDirection Direction, ImmutableArray<NetEndpoint> Addresses, bool IsDraining, long ActiveConnections);
