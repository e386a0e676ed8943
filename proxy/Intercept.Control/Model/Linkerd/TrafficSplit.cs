namespace Intercept.Control.Model.Linkerd;

/// <summary>An SMI TrafficSplit: who calls the service reaches the backends instead. All in one namespace.</summary>
/// <param name="Host">The FQDN of the apex service.</param>
internal sealed record TrafficSplit(ResourceMeta Meta, string Host, ValueList<SplitBackend> Backends) : MeshResource(Meta);
