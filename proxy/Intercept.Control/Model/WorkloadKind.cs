namespace Intercept.Control.Model;

internal enum WorkloadKind
{
    Pod,
    WorkloadEntry,
}
