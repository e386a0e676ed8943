using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Envoy.Config.Core.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Addressing;

namespace Intercept.Control.Generation;

/// <summary>Who asks: what a node says of itself, in the form that istiod expects.</summary>
internal sealed record ProxyNode
{
    /// <summary>KIND~ADDRESS~NAME.NAMESPACE~DOMAIN.</summary>
    public required string Id { get; init; }

    public required ProxyKind Kind { get; init; }

    /// <summary>Of the id, then those of INSTANCE_IPS.</summary>
    public required ImmutableArray<NetAddress> Addresses { get; init; }

    /// <summary>The pod's.</summary>
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The DNS domain that short host names are completed with: shop.svc.cluster.local.</summary>
    public required string Domain { get; init; }

    public string Cluster { get; init; } = "";

    /// <summary>SERVICE_ACCOUNT; null when the node does not say.</summary>
    public string? ServiceAccount { get; init; }

    public string ClusterId { get; init; } = "";

    public string Network { get; init; } = "";

    /// <summary>GENERATOR: "grpc" for a client that is its own proxy.</summary>
    public string Generator { get; init; } = "";

    /// <summary>INTERCEPT_PROTOCOLS; empty when the node does not say, which is any Envoy: it speaks all of them.</summary>
    public ImmutableArray<string> Protocols { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <param name="why">What is wrong with it, as a sentence for whoever runs the proxy.</param>
    public static ProxyNode? TryRead(Node node, [NotNullWhen(false)] out string? why)
    {
        var parts = node.Id.Split('~');
        var metadata = node.Metadata?.Fields;
        why = parts switch
        {
            _ when parts.Length != 4 => $"node.id '{node.Id}' is not in the form KIND~ADDRESS~NAME.NAMESPACE~DOMAIN",
            ["sidecar" or "router", ..] => null,
            _ => $"node.id '{node.Id}' is of the kind '{parts[0]}'; allowed: sidecar, router",
        };
        if (why is not null)
        {
            return null;
        }

        var dot = parts[2].LastIndexOf('.');
        if (dot <= 0 || dot == parts[2].Length - 1)
        {
            why = $"node.id '{node.Id}' names '{parts[2]}', which is not NAME.NAMESPACE";
            return null;
        }

        var addresses = AddressesOf(parts[1], Text(metadata, "INSTANCE_IPS"));
        if (addresses is null)
        {
            why = $"node.id '{node.Id}' or its INSTANCE_IPS name something that is not an address";
            return null;
        }

        return new ProxyNode
        {
            Id = node.Id,
            Kind = parts[0] == "router" ? ProxyKind.Router : ProxyKind.Sidecar,
            Addresses = addresses.Value,
            Name = parts[2][..dot],
            Namespace = parts[2][(dot + 1)..],
            Domain = parts[3],
            Cluster = node.Cluster,
            ServiceAccount = Text(metadata, "SERVICE_ACCOUNT") is { Length: > 0 } account ? account : null,
            ClusterId = Text(metadata, "CLUSTER_ID"),
            Network = Text(metadata, "NETWORK"),
            Generator = Text(metadata, "GENERATOR"),
            Protocols = [.. Text(metadata, "INTERCEPT_PROTOCOLS").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            Labels = LabelsOf(metadata),
        };
    }

    private static string Text(MapField<string, Value>? metadata, string name) =>
        metadata is not null && metadata.TryGetValue(name, out var value) && value.KindCase == Value.KindOneofCase.StringValue ? value.StringValue : "";

    private static ImmutableArray<NetAddress>? AddressesOf(string first, string others)
    {
        var addresses = ImmutableArray.CreateBuilder<NetAddress>();
        foreach (var text in others.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(first))
        {
            if (!NetAddress.TryParse(text, out var address))
            {
                return null;
            }

            if (!addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }

        return addresses.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> LabelsOf(MapField<string, Value>? metadata)
    {
        if (metadata is null || !metadata.TryGetValue("LABELS", out var labels) || labels.KindCase != Value.KindOneofCase.StructValue)
        {
            return ImmutableSortedDictionary<string, string>.Empty;
        }

        return labels.StructValue.Fields.Where(label => label.Value.KindCase == Value.KindOneofCase.StringValue)
            .ToImmutableSortedDictionary(label => label.Key, label => label.Value.StringValue, StringComparer.Ordinal);
    }
}
