using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Clusters;

/// <summary>
/// How a cluster's endpoints are spoken to. Where nobody says otherwise: mutual TLS with those that have a proxy, which
/// their metadata tells, and plaintext with the others.
/// </summary>
internal static class UpstreamTransport
{
    /// <summary>The key of endpoint metadata that transport_socket_matches look at, and what Istio writes there.</summary>
    public const string MatchMetadata = "envoy.transport_socket_match";
    public const string TlsMode = "tlsMode";
    public const string MutualTls = "istio";

    private const string SystemRoots = "/etc/ssl/certs/ca-certificates.crt";

    public static void Apply(Cluster cluster, ClusterPlan plan, ValueList<string> identities, ValueList<ServiceEndpoint> inline)
    {
        if (plan.Input.Dialect == ProxyDialect.Grpc)
        {
            ApplyToGrpc(cluster, plan, identities);
        }
        else if (plan.Policy.Tls is { } tls)
        {
            cluster.TransportSocket = tls.Mode switch
            {
                ClientTlsMode.Disable => null,
                ClientTlsMode.IstioMutual => Mesh(plan, identities, tls),
                _ => Foreign(plan, tls),
            };
        }
        else if (!plan.Service.IsExternal && plan.Service.ExternalName is null)
        {
            ApplyByEndpoint(cluster, plan, identities, inline);
        }
    }

    private static void ApplyByEndpoint(Cluster cluster, ClusterPlan plan, ValueList<string> identities, ValueList<ServiceEndpoint> inline)
    {
        if (plan.Discovery != ClusterDiscovery.OriginalDestination)
        {
            cluster.TransportSocketMatches.Add(new Cluster.Types.TransportSocketMatch
            {
                Name = "tlsMode-istio",
                Match = new Struct { Fields = { [TlsMode] = Value.ForString(MutualTls) } },
                TransportSocket = Mesh(plan, identities, null),
            });
            cluster.TransportSocketMatches.Add(new Cluster.Types.TransportSocketMatch
            {
                Name = "tlsMode-disabled",
                Match = new Struct(),
                TransportSocket = TlsContexts.Plaintext(),
            });
        }
        else if (inline.Any(endpoint => MutualTlsEndpoints.Contains(endpoint, plan.Input)))
        {
            // An original destination has no metadata to match. Listeners lead only those pods here that have a proxy.
            cluster.TransportSocket = Mesh(plan, identities, null);
        }
    }

    // A client takes part in mTLS only by a certificate provider of its bootstrap, and fails without one: only if it is asked for.
    private static void ApplyToGrpc(Cluster cluster, ClusterPlan plan, ValueList<string> identities)
    {
        if (plan.Policy.Tls is not { Mode: ClientTlsMode.IstioMutual } tls)
        {
            return;
        }

        cluster.TransportSocket = TlsContexts.Socket(new UpstreamTlsContext
        {
            Sni = ServerName(plan, tls),
            CommonTlsContext = new CommonTlsContext
            {
                TlsCertificateProviderInstance = Provider("default"),
                CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
                {
                    DefaultValidationContext = new CertificateValidationContext
                    {
                        CaCertificateProviderInstance = Provider("ROOTCA"),
                        MatchSubjectAltNames = { Names(plan, identities, tls).Select(name => new StringMatcher { Exact = name }) },
                    },
                },
            },
        });
    }

    private static CertificateProviderPluginInstance Provider(string certificate) => new() { InstanceName = "default", CertificateName = certificate };

    private static TransportSocket Mesh(ClusterPlan plan, ValueList<string> identities, ClientTls? tls) =>
        TlsContexts.Socket(new UpstreamTlsContext
        {
            Sni = ServerName(plan, tls),
            CommonTlsContext = TlsContexts.Mesh(ApplicationProtocols(plan), Names(plan, identities, tls).Select(TlsContexts.Name)),
        });

    private static string ServerName(ClusterPlan plan, ClientTls? tls) =>
        tls?.Sni ?? ResourceNames.ServerName(plan.Port.Port, plan.Subset?.Name, plan.Service.Host);

    private static IEnumerable<string> Names(ClusterPlan plan, ValueList<string> identities, ClientTls? tls)
    {
        if (tls is { SubjectAltNames.IsEmpty: false })
        {
            return tls.SubjectAltNames;
        }

        return plan.Service.SubjectAltNames.IsEmpty ? identities : identities.Union(plan.Service.SubjectAltNames, StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    // The first is what the server's proxy chooses its filter chain by; of the others it takes one for the connection.
    private static string[] ApplicationProtocols(ClusterPlan plan)
    {
        if (plan.Input.Dialect == ProxyDialect.Tcp)
        {
            return ["istio"];
        }

        return plan.Port.Protocol switch
        {
            PortProtocol.Http or PortProtocol.GrpcWeb => ["istio-http/1.1", "istio", "http/1.1"],
            PortProtocol.Http2 or PortProtocol.Grpc => ["istio-h2", "istio", "h2"],
            _ => ["istio"],
        };
    }

    private static TransportSocket Foreign(ClusterPlan plan, ClientTls tls)
    {
        var name = tls.Sni ?? (plan.Service.Host.StartsWith('*') ? null : plan.Service.Host);
        var names = tls.SubjectAltNames.IsEmpty && name is not null ? [name] : tls.SubjectAltNames;
        var context = new CommonTlsContext
        {
            TlsParams = new TlsParameters
            {
                TlsMinimumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv12,
                TlsMaximumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv13,
            },
        };
        var validation = new CertificateValidationContext { MatchTypedSubjectAltNames = { names.Select(TlsContexts.Name) } };
        if (tls.CredentialName is { } credential)
        {
            context.CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
            {
                DefaultValidationContext = validation,
                ValidationContextSdsSecretConfig = new SdsSecretConfig { Name = $"{credential}-cacert", SdsConfig = ConfigSources.Agent() },
            };
        }
        else
        {
            validation.TrustedCa = new DataSource { Filename = tls.CaCertificates ?? SystemRoots };
            context.ValidationContext = validation;
        }

        if (tls.Mode == ClientTlsMode.Mutual)
        {
            AddCertificate(context, tls);
        }

        return TlsContexts.Socket(new UpstreamTlsContext { Sni = name ?? "", CommonTlsContext = context });
    }

    private static void AddCertificate(CommonTlsContext context, ClientTls tls)
    {
        if (tls.CredentialName is { } credential)
        {
            context.TlsCertificateSdsSecretConfigs.Add(new SdsSecretConfig { Name = credential, SdsConfig = ConfigSources.Agent() });
        }
        else
        {
            context.TlsCertificates.Add(new TlsCertificate
            {
                CertificateChain = new DataSource { Filename = tls.ClientCertificate ?? "" },
                PrivateKey = new DataSource { Filename = tls.PrivateKey ?? "" },
            });
        }
    }
}
