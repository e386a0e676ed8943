using System.Net;

namespace Intercept.Control.Serving.Endpoints;

/// <summary>The door that a connection came by, as a feature of the connection.</summary>
/// <param name="Remote">Null on a Unix socket.</param>
internal sealed record Door(ServedOn On, IPAddress? Remote)
{
    /// <summary>From this machine.</summary>
    public bool IsLocal => On == ServedOn.UnixSocket || (Remote is not null && IPAddress.IsLoopback(Remote.IsIPv4MappedToIPv6 ? Remote.MapToIPv4() : Remote));
}
