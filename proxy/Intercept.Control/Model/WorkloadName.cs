namespace Intercept.Control.Model;

/// <summary>The key of a workload: a pod and a WorkloadEntry may have the same name.</summary>
internal readonly record struct WorkloadName(WorkloadKind Kind, string Namespace, string Name)
{
    public override string ToString() => $"{Kind}/{Namespace}/{Name}";
}
