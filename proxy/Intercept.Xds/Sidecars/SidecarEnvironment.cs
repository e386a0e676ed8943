using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Core.Problems;

namespace Intercept.Xds.Sidecars;

/// <summary>
/// The plain environment of a sidecar, as Istio's injector writes it, to all that a proxy needs to be fed: no file but
/// the token and the root that are mounted into every such pod.
/// </summary>
public static class SidecarEnvironment
{
    /// <summary>istiod's own, for whoever does not say.</summary>
    public const string DefaultDiscoveryAddress = "istiod.istio-system.svc:15012";

    /// <summary>Whether this is the environment of a sidecar at all: a pod's name is what no other place has.</summary>
    public static bool IsGiven(IReadOnlyDictionary<string, string> variables) => variables.ContainsKey("POD_NAME") && variables.ContainsKey("POD_NAMESPACE");

    public static SidecarResult Read(SidecarInput input)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var variables = new SidecarVariables(input, problems);
        var configuration = ProxyConfigVariable.Read(variables.Find(ProxyConfigVariable.Name), problems);
        foreach (var (name, value) in configuration.ProxyMetadata)
        {
            variables.Add(name, value);
        }

        var pod = variables.Require("POD_NAME", "the pod's name");
        var space = variables.Require("POD_NAMESPACE", "the pod's namespace");
        var account = variables.Require("SERVICE_ACCOUNT", "the pod's service account");
        var identity = Identity(variables, space, account);
        var node = new SidecarNode(variables, configuration, problems);
        var controlPlane = ControlPlane(variables, configuration, node, node.Read(pod, space, account));
        var certificates = identity is null || controlPlane is null
            ? null
            : new SidecarCertificates(variables).Read(identity, controlPlane.Node.Id, controlPlane);
        return problems.Count == 0 && identity is not null && controlPlane is not null && certificates is not null
            ? new SidecarResult(new SidecarConfiguration(controlPlane, certificates, identity), [])
            : new SidecarResult(null, [.. problems.Distinct()]);
    }

    private static SpiffeId? Identity(SidecarVariables variables, string space, string account)
    {
        // Istio takes service accounts of other clouds as trust domains, and writes their @ as a dot.
        var given = variables.Find("TRUST_DOMAIN") ?? "cluster.local";
        var trustDomain = given.Replace('@', '.');
        if (!TrustDomain.TryParse(trustDomain, out _))
        {
            variables.Report("TRUST_DOMAIN", given, "is not a trust domain", "lower-case letters, digits, '.', '-' and '_'");
            return null;
        }

        if (space.Length == 0 || account.Length == 0)
        {
            return null;
        }

        var text = $"{SpiffeId.Prefix}{trustDomain}/ns/{space}/sa/{account}";
        if (SpiffeId.TryParse(text, out var identity) && identity.ServiceAccount is not null)
        {
            return identity;
        }

        variables.Report("POD_NAMESPACE, SERVICE_ACCOUNT", text, "is not a SPIFFE ID", "the names of Kubernetes' objects");
        return null;
    }

    private static ControlPlaneOptions? ControlPlane(
        SidecarVariables variables, ProxyConfigVariable configuration, SidecarNode node, ControlPlaneNode identity)
    {
        var (name, text) = configuration.DiscoveryAddress is { } discovery
            ? ($"{ProxyConfigVariable.Name}.discoveryAddress", discovery)
            : variables.FindAny("XDS_ADDRESS") ?? ("", DefaultDiscoveryAddress);
        if (variables.Address(name, text) is not { } address)
        {
            return null;
        }

        var trust = new SidecarTrust(variables);
        return new ControlPlaneOptions
        {
            Address = $"{address}",
            Node = identity,
            TrustPath = trust.Authorities("XDS_ROOT_CA", address),
            TokenPath = trust.Token(address),
            ClusterId = node.ClusterId,
        };
    }
}
