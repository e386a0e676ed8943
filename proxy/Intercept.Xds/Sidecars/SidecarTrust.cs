using System.Net;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Sidecars;

/// <summary>How a sidecar and the servers that it calls know each other: the files that Istio's pods have.</summary>
internal sealed class SidecarTrust(SidecarVariables variables)
{
    private const int PlaintextPort = 15010;

    /// <summary>PEM of the authorities of a server; null is plaintext, which stays on this host.</summary>
    /// <param name="name">The variable that may name the file: CA_ROOT_CA, XDS_ROOT_CA.</param>
    public string? Authorities(string name, ServerAddress server)
    {
        if (variables.Find(name) is { } path)
        {
            if (path == "SYSTEM")
            {
                variables.Report(name, path, "is not supported: every public authority could speak for the control plane", "the path of a PEM file");
            }

            return path;
        }

        if (server.IsUnixSocket || (server.Port == PlaintextPort && IsThisHost(server.Host)))
        {
            return null;
        }

        switch (variables.Find("PILOT_CERT_PROVIDER") ?? "istiod")
        {
            case "istiod":
                return variables.Path("./var/run/secrets/istio/root-cert.pem");
            case "kubernetes":
                return variables.Path("./var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
            case "custom":
                return variables.Path("./etc/certs/root-cert.pem");
            case var provider:
                variables.Report("PILOT_CERT_PROVIDER", provider, "is not supported", "istiod, kubernetes or custom");
                return null;
        }
    }

    /// <summary>Null on this host, where the server can see who calls, and where nothing else names a token.</summary>
    public string? Token(ServerAddress server)
    {
        if (variables.Find("AUTH_TOKEN") is { } path)
        {
            if (!path.StartsWith('/') && !path.StartsWith("./", StringComparison.Ordinal))
            {
                // Not the value: it may be the token itself.
                variables.Report("AUTH_TOKEN", null, "is not a path", "the path of the file with the token, which rotates");
            }

            return path;
        }

        switch (variables.Find("JWT_POLICY") ?? "third-party-jwt")
        {
            case "third-party-jwt":
                return IfThere(variables.Path("./var/run/secrets/tokens/istio-token"), server);
            case "first-party-jwt":
                return IfThere(variables.Path("./var/run/secrets/kubernetes.io/serviceaccount/token"), server);
            case var policy:
                variables.Report("JWT_POLICY", policy, "is not supported", "third-party-jwt or first-party-jwt");
                return null;
        }
    }

    private static string? IfThere(string path, ServerAddress server) => server.IsUnixSocket && !File.Exists(path) ? null : path;

    private static bool IsThisHost(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
