using Intercept.Core.Addressing;

namespace Intercept.Mesh.LoadBalancing;

/// <summary>What the hosts of one cluster carry now.</summary>
public interface IHostLoad
{
    long ConnectionsOf(NetEndpoint host);
}
