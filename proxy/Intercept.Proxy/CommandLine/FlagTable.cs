using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Intercept.Proxy.CommandLine;

/// <summary>Every flag. Those that Envoy has keep its names and meaning.</summary>
internal static class FlagTable
{
    public static Flag ConfigPath { get; } = new("config-path", 'c', "FILE", "", "an Envoy v3 bootstrap: JSON where the name ends in .json, else YAML; read again when it changes and on SIGHUP");

    public static Flag ConfigYaml { get; } = new("config-yaml", null, "TEXT", "", "a bootstrap as YAML, alone or merged over the file: its values win, its lists are added");

    public static Flag Mode { get; } = new("mode", null, "serve|validate", "serve", "validate: report every problem of the configuration and end");

    public static Flag Concurrency { get; } = new("concurrency", null, "N", "the number of cores", "event loops, one thread each");

    public static Flag LogLevel { get; } = new("log-level", 'l', "trace|debug|info|warning|error|critical|off", "info", "what the application log says; POST /logging?level=... changes it");

    public static Flag LogPath { get; } = new("log-path", null, "FILE", "stderr", "the application log; opened again on SIGUSR1");

    public static Flag ServiceNode { get; } = new("service-node", null, "ID", "", "node.id, instead of the bootstrap's");

    public static Flag ServiceCluster { get; } = new("service-cluster", null, "NAME", "", "node.cluster, instead of the bootstrap's");

    public static Flag DrainTime { get; } = new("drain-time-s", null, "SECONDS", "600", "how long a drain waits for connections to end by themselves");

    public static Flag AccessLog { get; } = new("access-log", null, "FILE", "-", "a line of JSON for each connection; - is stdout, off none; a file is opened again on SIGUSR1");

    public static Flag ClientAddress { get; } = new("client-address", null, "on|off", "off", "tell the application who called it inbound, where intercept-init install --client-address has eBPF programs take it");

    public static Flag HealthAddress { get; } = new("health-address", null, "ADDRESS:PORT", "0.0.0.0:15021 and [::]:15021", "where GET /healthz/ready answers; may be given more than once; off");

    public static Flag ControlPlane { get; } = new("control-plane", null, "ADDRESS", "", "an xDS server, host:port or unix:/path: istiod or intercept-control; instead of the bootstrap's dynamic_resources");

    public static Flag ControlPlaneCa { get; } = new("control-plane-ca", null, "FILE", "", "PEM of who may sign the control plane's certificate; without it only servers on this host are spoken to");

    public static Flag Ca { get; } = new("ca", null, "ADDRESS", "", "an IstioCertificateService, host:port or unix:/path, that certifies the key made here");

    public static Flag CaRoot { get; } = new("ca-root", null, "FILE", "--control-plane-ca", "PEM of who may sign the CA's own certificate");

    public static Flag TokenFile { get; } = new("token-file", null, "FILE", "", "the service account's token, shown to control plane and CA; read again for each call");

    public static Flag WorkloadApiSocket { get; } = new("workload-api-socket", null, "PATH", "", "a SPIFFE Workload API that gives certificate and trust bundles, instead of --ca");

    public static Flag SdsSocket { get; } = new("sds-socket", null, "PATH", "", "an Envoy SDS server that gives certificate and trust bundles, instead of --ca");

    public static Flag SpiffeId { get; } = new("spiffe-id", null, "ID", "", "what the certificate of --ca must say; known from the environment in a sidecar");

    public static Flag StateDir { get; } = new("state-dir", null, "DIR", "", "where the last good state of the control plane is kept, for a restart while it is away; none without");

    public static ImmutableArray<Flag> All { get; } =
    [
        ConfigPath, ConfigYaml, Mode, Concurrency, LogLevel, LogPath, ServiceNode, ServiceCluster, DrainTime, AccessLog, ClientAddress, HealthAddress,
        ControlPlane, ControlPlaneCa, Ca, CaRoot, TokenFile, WorkloadApiSocket, SdsSocket, SpiffeId, StateDir,
    ];

    /// <summary>Flags that a command line written for Envoy may carry, and why there is nothing here for them to change.</summary>
    public static FrozenDictionary<string, string> OfEnvoyOnly { get; } = new Dictionary<string, string>
    {
        ["--base-id"] = "belongs to hot restart, which there is not",
        ["--use-dynamic-base-id"] = "belongs to hot restart, which there is not",
        ["--restart-epoch"] = "belongs to hot restart, which there is not",
        ["--parent-shutdown-time-s"] = "belongs to hot restart, which there is not",
        ["--disable-hot-restart"] = "belongs to hot restart, which there is not",
        ["--drain-strategy"] = "is not supported: a drain closes no connection before --drain-time-s",
        ["--component-log-level"] = "is not supported: one level holds for all, --log-level",
        ["--log-format"] = "is not supported: the form of a line is fixed",
        ["--file-flush-interval-msec"] = "is not supported: access log lines are written within 50 ms",
        ["--local-address-ip-version"] = "is not supported: IPv4 and IPv6 are always served",
        ["--allow-unknown-static-fields"] = "is not supported: an unknown field may be a policy that would not be enforced",
        ["--reject-unknown-dynamic-fields"] = "is not needed: unknown fields are always refused",
        ["--admin-address-path"] = "is not supported: the admin address is the bootstrap's",
        ["--service-zone"] = "is not supported: no decision depends on the zone",
    }.ToFrozenDictionary();
}
