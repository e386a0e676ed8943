using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Sidecars;

/// <summary>
/// Where a sidecar's certificate comes from: a Workload API that the environment names, else an agent's socket that is
/// mounted, else the CA.
/// </summary>
internal sealed class SidecarCertificates(SidecarVariables variables)
{
    private const string HeaderPrefix = "CA_HEADER_";
    private const string AgentSocket = "./var/run/secrets/workload-spiffe-uds/socket";
    private const string TcpPrefix = "tcp://";

    public CertificateProviderOptions? Read(SpiffeId identity, string nodeId, ControlPlaneOptions controlPlane)
    {
        if (variables.Find("SPIFFE_ENDPOINT_SOCKET") is { } socket)
        {
            return WorkloadApi(socket);
        }

        var agent = variables.Path(AgentSocket);
        return File.Exists(agent)
            ? new SdsOptions { Address = ServerAddress.TryParse($"unix:{agent}")!, NodeId = nodeId }
            : Ca(identity, controlPlane);
    }

    private WorkloadApiOptions? WorkloadApi(string socket)
    {
        var address = ServerAddress.TryParse(socket.StartsWith(TcpPrefix, StringComparison.Ordinal) ? socket[TcpPrefix.Length..] : socket);
        if (address is not null)
        {
            return new WorkloadApiOptions { Address = address };
        }

        variables.Report("SPIFFE_ENDPOINT_SOCKET", socket, "is not where a Workload API listens", "unix:///path or tcp://IP:port");
        return null;
    }

    private IstioCaOptions? Ca(SpiffeId identity, ControlPlaneOptions controlPlane)
    {
        if (variables.Find("CA_PROVIDER") is { } provider and not ("Citadel" or "istiod"))
        {
            variables.Report("CA_PROVIDER", provider, "is not supported", "Citadel");
        }

        var named = variables.FindAny("CA_ADDR", "CA_ADDRESS");
        var text = named?.Value ?? controlPlane.Address;
        if ((named is { } given ? variables.Address(given.Name, given.Value) : ServerAddress.TryParse(text)) is not { } address)
        {
            return null;
        }

        var trust = new SidecarTrust(variables);
        return new IstioCaOptions
        {
            Address = address,
            Identity = identity,
            TrustPath = trust.Authorities("CA_ROOT_CA", address),
            ServerName = variables.Find("ALT_CA_HOSTNAME"),
            TokenPath = trust.Token(address),
            ClusterId = controlPlane.ClusterId,
            Headers = variables.All.Where(variable => variable.Key.StartsWith(HeaderPrefix, StringComparison.Ordinal) && variable.Key.Length > HeaderPrefix.Length)
                .ToImmutableDictionary(variable => variable.Key[HeaderPrefix.Length..].ToLowerInvariant(), variable => variable.Value),
            Lifetime = variables.Duration("SECRET_TTL", IstioCaOptions.DefaultLifetime),
        };
    }
}
