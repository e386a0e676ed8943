using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners;

/// <summary>
/// A listener that was refused and has no good version to go on with. It holds its place: what was meant for it is closed
/// there, and does not fall through to a listener that would pass it on.
/// </summary>
/// <param name="Addresses">As far as they could be read. Empty when nothing could: whatever has no listener of its own may be meant for it.</param>
/// <param name="Why">For the log, in one line.</param>
public sealed record RefusedListener(string Name, ImmutableArray<NetEndpoint> Addresses, TrafficDirection Direction, bool BindsToPort, string Why)
{
    public bool Equals(RefusedListener? other) =>
        other is not null && Name == other.Name && Addresses.SameAs(other.Addresses) && Direction == other.Direction
        && BindsToPort == other.BindsToPort && Why == other.Why;

    public override int GetHashCode() => HashCode.Combine(Name, Addresses.Length, Why);
}
