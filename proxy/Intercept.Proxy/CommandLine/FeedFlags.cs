using Intercept.Core.Addressing;
using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Xds.Sidecars;
using Intercept.Xds.Transport;

namespace Intercept.Proxy.CommandLine;

/// <summary>Reads the flags of control plane and certificates.</summary>
internal static class FeedFlags
{
    private const string SocketForm = "the path of a Unix socket";

    public static FeedOptions Read(GivenFlags given)
    {
        var options = new FeedOptions
        {
            ControlPlane = Address(given, FlagTable.ControlPlane),
            ControlPlaneTrustPath = given.Text(FlagTable.ControlPlaneCa),
            Ca = Address(given, FlagTable.Ca),
            CaTrustPath = given.Text(FlagTable.CaRoot) ?? given.Text(FlagTable.ControlPlaneCa),
            TokenPath = given.Text(FlagTable.TokenFile),
            WorkloadApiSocket = Socket(given, FlagTable.WorkloadApiSocket),
            SdsSocket = Socket(given, FlagTable.SdsSocket),
            Identity = Identity(given),
            StateFolder = given.Text(FlagTable.StateDir),
        };
        RequireTrust(given, FlagTable.ControlPlaneCa, options.ControlPlane, options.ControlPlaneTrustPath);
        RequireTrust(given, FlagTable.CaRoot, options.Ca, options.CaTrustPath);
        RequireOneSource(given, options);
        return options;
    }

    /// <returns>Null where this is no sidecar, and where something is wrong.</returns>
    public static SidecarConfiguration? ReadSidecar(IReadOnlyDictionary<string, string> environment, List<Problem> problems)
    {
        if (!SidecarEnvironment.IsGiven(environment))
        {
            return null;
        }

        var result = SidecarEnvironment.Read(new SidecarInput(environment));
        problems.AddRange(result.Problems);
        return result.Configuration;
    }

    private static SpiffeId? Identity(GivenFlags given)
    {
        var text = given.Text(FlagTable.SpiffeId);
        SpiffeId? identity = null;
        if (text is not null && !SpiffeId.TryParse(text, out identity))
        {
            given.Report(FlagTable.SpiffeId, text, "is not a SPIFFE ID", "spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT");
        }

        return identity;
    }

    private static ServerAddress? Address(GivenFlags given, Flag flag)
    {
        var text = given.Text(flag);
        var address = text is null ? null : ServerAddress.TryParse(text);
        if (text is not null && address is null)
        {
            given.Report(flag, text, "is not where a server can be", ServerAddress.Form);
        }

        return address;
    }

    private static string? Socket(GivenFlags given, Flag flag)
    {
        const string Prefix = "unix:";
        var text = given.Text(flag);
        if (text is null)
        {
            return null;
        }

        // As SPIFFE_ENDPOINT_SOCKET has it: unix:///run/spire/agent.sock.
        var path = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Replace("///", "/", StringComparison.Ordinal) : text;
        if (!path.StartsWith('/'))
        {
            given.Report(flag, text, "is not absolute", SocketForm);
        }

        return path;
    }

    // Whoever could change what arrives could change where every connection goes, or whom we take for whom.
    private static void RequireTrust(GivenFlags given, Flag flag, ServerAddress? address, string? trust)
    {
        var isHere = address is null || address.IsUnixSocket || address.Host == "localhost" || (NetAddress.TryParse(address.Host, out var host) && host.IsLoopback);
        if (!isHere && trust is null)
        {
            given.Report(flag, null, $"is missing: {address} would be believed without being known", "a PEM file with the authorities of its certificate, or an address of this host");
        }
    }

    private static void RequireOneSource(GivenFlags given, FeedOptions options)
    {
        Flag?[] sources =
        [
            options.Ca is null ? null : FlagTable.Ca,
            options.WorkloadApiSocket is null ? null : FlagTable.WorkloadApiSocket,
            options.SdsSocket is null ? null : FlagTable.SdsSocket,
        ];
        var named = sources.OfType<Flag>().ToArray();
        if (named.Length > 1)
        {
            given.Report(named[1], null, $"is a second source of certificates beside {named[0].LongForm}", "one of the two");
        }
    }
}
