namespace Intercept.Control.Model.Traffic;

/// <summary>An endpoint written in a ServiceEntry itself.</summary>
/// <param name="Address">An IP address or a DNS name.</param>
/// <param name="Ports">By the name of the service's port; a port that is not here keeps its target port.</param>
internal sealed record EntryEndpoint(
    string Address, ValueMap<int> Ports, ValueMap<string> Labels, string? ServiceAccount, string Locality, uint Weight);
