using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;

namespace Intercept.Control.Model.Traffic;

internal sealed record ServiceEntry(
    ResourceMeta Meta,
    ValueList<string> Hosts,
    ValueList<Cidr> Addresses,
    ValueList<ServicePort> Ports,
    bool IsExternal,
    ServiceResolution Resolution,
    ValueList<EntryEndpoint> Endpoints,
    WorkloadSelector? Selector,
    ValueList<string> ExportTo,
    ValueList<string> SubjectAltNames) : MeshResource(Meta);
