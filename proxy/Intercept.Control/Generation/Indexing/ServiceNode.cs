using Intercept.Control.Generation.Clusters;
using Intercept.Control.Model.Services;

namespace Intercept.Control.Generation.Indexing;

/// <summary>A service, and all that was made of it. It is the same object for as long as the service says the same.</summary>
internal sealed class ServiceNode(Service service)
{
    public Service Service { get; } = service;

    public string Key { get; } = service.Key;

    public Variants<PlanInput, ServicePlan> Plans { get; } = new();
}
