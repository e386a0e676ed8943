using Intercept.Core.Addressing;
using Intercept.Mesh.LoadBalancing;

namespace Intercept.Tests.Unit.Mesh;

/// <summary>Connections of hosts by their port; none where nothing is said.</summary>
internal sealed class HostLoads : IHostLoad
{
    public Dictionary<ushort, long> ByPort { get; } = [];

    public long ConnectionsOf(NetEndpoint host) => ByPort.GetValueOrDefault(host.Port);
}
