using System.Collections.Immutable;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Scoping;

/// <param name="Position">In <see cref="MeshShape.Services"/>.</param>
/// <param name="Ports">Those that may be called, in the service's order.</param>
internal readonly record struct VisibleService(int Position, ServiceNode Node, ImmutableArray<ServicePort> Ports)
{
    public Service Service => Node.Service;
}
