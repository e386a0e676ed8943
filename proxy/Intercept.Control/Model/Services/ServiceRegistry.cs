namespace Intercept.Control.Model.Services;

internal enum ServiceRegistry
{
    Kubernetes,
    ServiceEntry,
}
