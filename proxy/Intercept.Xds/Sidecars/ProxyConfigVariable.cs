using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Sidecars;

/// <summary>
/// PROXY_CONFIG: the mesh's configuration for proxies, in YAML or JSON. Most of it is for the control plane, which gets
/// all of it in the node's metadata; a few fields are for us.
/// </summary>
internal sealed record ProxyConfigVariable(Struct? Fields)
{
    public const string Name = "PROXY_CONFIG";

    public string? DiscoveryAddress => Text("discoveryAddress");

    public string? ServiceCluster => Text("serviceCluster");

    public string? MeshId => Text("meshId");

    /// <summary>Variables for the proxy.</summary>
    public IEnumerable<KeyValuePair<string, string>> ProxyMetadata =>
        Fields?.Fields.GetValueOrDefault("proxyMetadata")?.StructValue?.Fields.Where(entry => entry.Value.HasStringValue)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value.StringValue)) ?? [];

    public static ProxyConfigVariable Read(string? text, ImmutableArray<Problem>.Builder problems)
    {
        // "{}" and nothing at all are what injectors write when there is nothing to say.
        if (string.IsNullOrWhiteSpace(text) || DocumentText.Parse(Name, text, problems) is not { } document)
        {
            return new ProxyConfigVariable((Struct?)null);
        }

        return new ProxyConfigVariable(Struct.Parser.ParseFrom(new StructEncoder(Name, problems).Encode(document, Name)));
    }

    private string? Text(string field) => Fields?.Fields.GetValueOrDefault(field) is { HasStringValue: true, StringValue: { Length: > 0 } text } ? text : null;
}
