using System.Collections.Immutable;
using Intercept.Control.Logging;

namespace Intercept.Control.CommandLine;

/// <summary>Every flag of every command.</summary>
internal static class FlagTable
{
    private static readonly ImmutableArray<string> _serve = [CommandNames.Serve];
    private static readonly ImmutableArray<string> _read = [CommandNames.Serve, CommandNames.Validate];
    private static readonly ImmutableArray<string> _authority = [CommandNames.Serve, CommandNames.Token, CommandNames.Authority];

    public static Flag Manifests { get; } = new("manifests", 'm', "DIR", "", "a folder of manifests, watched for changes", _serve);

    public static Flag Kubernetes { get; } = new("kubernetes", null, "", "", "read from the Kubernetes API instead of a folder", _serve);

    public static Flag Kubeconfig { get; } = new("kubeconfig", null, "FILE", "the cluster that this pod is in", "how to reach the Kubernetes API", _serve);

    public static Flag Context { get; } = new("context", null, "NAME", "the current one", "the context of the kubeconfig", _serve);

    public static Flag PlaintextAddress { get; } = new("plaintext-address", null, "ADDRESS:PORT", "127.0.0.1:15010", "where xDS is served in plaintext to whoever asks: loopback only; may be given more than once; off", _serve);

    public static Flag TlsAddress { get; } = new("tls-address", null, "ADDRESS:PORT", "[::]:15012", "where xDS and certificates are served in TLS; may be given more than once; off", _serve);

    public static Flag StatusAddress { get; } = new("status-address", null, "ADDRESS:PORT", "[::]:15014; for status 127.0.0.1:15014", "where metrics and health are served, and status to this machine; off", [CommandNames.Serve, CommandNames.Status]);

    public static Flag Socket { get; } = new("socket", 's', "FILE", "", "a Unix socket where everything is served; callers are known by their user", [CommandNames.Serve, CommandNames.Status]);

    public static Flag TrustDomain { get; } = new("trust-domain", null, "NAME", "cluster.local", "of the identities that are issued", [CommandNames.Serve, CommandNames.Validate, CommandNames.Token, CommandNames.Authority]);

    public static Flag RootNamespace { get; } = new("root-namespace", null, "NAME", "istio-system", "whose policies hold in every namespace", _read);

    public static Flag ClusterDomain { get; } = new("cluster-domain", null, "NAME", "cluster.local", "the DNS domain of services", _read);

    public static Flag StateDir { get; } = new("state-dir", null, "DIR", "/var/lib/intercept-control", "keys and roots, readable by this user alone", _authority);

    public static Flag CaDir { get; } = new("ca-dir", null, "DIR", "", "a supplied authority, in the layout of Istio's secret cacerts, instead of one of our own", _serve);

    public static Flag RootsFile { get; } = new("roots-file", null, "FILE", "", "is always written with the roots, for whoever trusts them by file", _serve);

    public static Flag CertificateLife { get; } = new("cert-ttl", null, "DURATION", "24h", "how long a certificate lives whose requester does not say", _serve);

    public static Flag LongestLife { get; } = new("max-cert-ttl", null, "DURATION", "168h", "how long a certificate lives at most", _serve);

    public static Flag ServerName { get; } = new("server-name", null, "NAME", "istiod.istio-system.svc, localhost and loopback's addresses", "a name or address by which proxies dial the TLS port; may be given more than once", _serve);

    public static Flag UnixPeer { get; } = new("unix-peer", null, "RULE", "", "who a user's processes are on the socket: 'uid=1337 spiffe://cluster.local/ns/shop/sa/web'; may be given more than once", _serve);

    public static Flag UnixPeersFile { get; } = new("unix-peers-file", null, "FILE", "", "such rules, one a line", _serve);

    public static Flag NodeAccount { get; } = new("node-account", null, "SPIFFE-ID", "", "the identity of a node's proxy, which may ask on behalf of the node's pods; may be given more than once", _serve);

    public static Flag PushDelay { get; } = new("push-delay", null, "DURATION", "100ms", "how long nothing may change before proxies are told", _serve);

    public static Flag LongestPushDelay { get; } = new("max-push-delay", null, "DURATION", "1s", "how long a change waits for others at most", _serve);

    public static Flag MaximumProxies { get; } = new("max-proxies", null, "N", "10000", "proxies at once; one more is told to come back", _serve);

    public static Flag DrainTime { get; } = new("drain-time-s", null, "SECONDS", "5", "how long the end is spread over, so that proxies do not all come back at once", _serve);

    public static Flag LogLevel { get; } = new("log-level", 'l', LogLevels.Choices, "info", "what the log says", _serve);

    public static Flag LogForm { get; } = new("log-format", null, "text|json", "text", "the form of a line", _serve);

    public static Flag Output { get; } = new("output", 'o', "text|json", "text", "the form of the answer", [CommandNames.Validate, CommandNames.Status, CommandNames.Token, CommandNames.Authority]);

    public static Flag Identity { get; } = new("identity", null, "SPIFFE-ID", "", "who the holder of the token is (required)", [CommandNames.Token]);

    public static Flag TokenLife { get; } = new("ttl", null, "DURATION", "1h", "how long the token is good for", [CommandNames.Token]);

    public static ImmutableArray<Flag> All { get; } =
    [
        Manifests, Kubernetes, Kubeconfig, Context, PlaintextAddress, TlsAddress, StatusAddress, Socket, TrustDomain, RootNamespace, ClusterDomain,
        StateDir, CaDir, RootsFile, CertificateLife, LongestLife, ServerName, UnixPeer, UnixPeersFile, NodeAccount, PushDelay, LongestPushDelay, MaximumProxies,
        DrainTime, LogLevel, LogForm, Output, Identity, TokenLife,
    ];

    public static IEnumerable<Flag> Of(string command) => All.Where(flag => flag.Commands.Contains(command));
}
