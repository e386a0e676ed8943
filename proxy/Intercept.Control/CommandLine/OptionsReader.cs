using System.Net;
using System.Net.Sockets;
using Intercept.Control.Logging;
using Intercept.Control.Serving.Endpoints;

namespace Intercept.Control.CommandLine;

/// <summary>Reads the flags of each command.</summary>
internal static class OptionsReader
{
    private const ushort PlaintextPort = 15010;
    private const ushort TlsPort = 15012;
    private const ushort StatusPort = 15014;

    private static readonly TimeSpan _leastLife = TimeSpan.FromSeconds(10);

    // The address of IPv6 takes both families.
    private static readonly IPAddress _everywhere = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    public static ServeOptions Serve(FlagReader flags)
    {
        var given = flags.Given;
        RefuseOperands(flags, "serve");
        var manifests = given.Text(FlagTable.Manifests);
        var isKubernetes = given.Has(FlagTable.Kubernetes);
        if (given.Has(FlagTable.Manifests) == isKubernetes)
        {
            given.Report(FlagTable.Manifests, null, isKubernetes ? "and --kubernetes are both given" : "is missing", "--manifests DIR or --kubernetes");
        }

        foreach (var flag in new[] { FlagTable.Kubeconfig, FlagTable.Context }.Where(flag => given.Has(flag) && !isKubernetes))
        {
            given.Report(flag, null, "is of no use without --kubernetes", "leave it out");
        }

        if (manifests is not null && !Directory.Exists(manifests))
        {
            given.Report(FlagTable.Manifests, manifests, File.Exists(manifests) ? "is a file" : "is not there", "a folder that this user may read");
        }

        return new ServeOptions
        {
            Manifests = manifests,
            IsKubernetes = isKubernetes,
            Kubeconfig = given.Text(FlagTable.Kubeconfig),
            Context = given.Text(FlagTable.Context),
            Addresses = new ListeningOn(
                flags.Addresses(FlagTable.PlaintextAddress, [new(IPAddress.Loopback, PlaintextPort)], isLoopbackOnly: true),
                flags.Addresses(FlagTable.TlsAddress, [new(_everywhere, TlsPort)]),
                flags.Addresses(FlagTable.StatusAddress, [new(_everywhere, StatusPort)]),
                given.Text(FlagTable.Socket)),
            Mesh = Mesh(flags),
            Authority = Authority(flags),
            PushDelay = flags.Duration(FlagTable.PushDelay, TimeSpan.Zero),
            LongestPushDelay = flags.Duration(FlagTable.LongestPushDelay, TimeSpan.Zero),
            MaximumProxies = flags.MaximumProxies(),
            DrainTime = flags.DrainTime(),
            LogLevel = LogLevels.Parse(flags.Choice(FlagTable.LogLevel) ?? FlagTable.LogLevel.Default),
            LogForm = flags.Choice(FlagTable.LogForm) == "json" ? LogForm.Json : LogForm.Text,
        };
    }

    public static ValidateOptions Validate(FlagReader flags)
    {
        if (flags.Given.Operands.Count == 0)
        {
            flags.Given.ReportOperand("DIR", "is missing", "folders of manifests");
        }

        foreach (var folder in flags.Given.Operands.Where(folder => !Directory.Exists(folder)))
        {
            flags.Given.ReportOperand(folder, File.Exists(folder) ? "is a file" : "is not there", "a folder of manifests");
        }

        return new ValidateOptions([.. flags.Given.Operands], Mesh(flags), IsJson(flags));
    }

    public static StatusOptions Status(FlagReader flags)
    {
        RefuseOperands(flags, "status");
        var addresses = flags.Addresses(FlagTable.StatusAddress, [new(IPAddress.Loopback, StatusPort)]);
        if (addresses.Length != 1)
        {
            flags.Given.Report(FlagTable.StatusAddress, null, "is not one address", "one ADDRESS:PORT");
        }

        return new StatusOptions(addresses.FirstOrDefault(new IPEndPoint(IPAddress.Loopback, StatusPort)), flags.Given.Text(FlagTable.Socket), IsJson(flags));
    }

    public static TokenOptions? Token(FlagReader flags)
    {
        RequireWord(flags, "create");

        var identities = flags.Identities(FlagTable.Identity);
        if (!flags.Given.Has(FlagTable.Identity))
        {
            flags.Given.Report(FlagTable.Identity, null, "is missing", "spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT");
        }

        var domain = flags.Domain();
        if (identities.Length > 0 && identities[0].TrustDomain != domain.Name)
        {
            flags.Given.Report(FlagTable.Identity, identities[0].Text, "is of another trust domain", $"spiffe://{domain}/...");
        }

        var life = flags.Duration(FlagTable.TokenLife, TimeSpan.FromSeconds(1));
        return identities.Length == 1 ? new TokenOptions(identities[0], life, flags.Text(FlagTable.StateDir), domain, IsJson(flags)) : null;
    }

    public static RotateOptions Rotate(FlagReader flags)
    {
        RequireWord(flags, "rotate");
        return new RotateOptions(flags.Text(FlagTable.StateDir), flags.Domain(), IsJson(flags));
    }

    private static MeshFlags Mesh(FlagReader flags) => new(
        flags.Domain(), flags.Name(FlagTable.RootNamespace), flags.Name(FlagTable.ClusterDomain));

    private static AuthorityFlags Authority(FlagReader flags) => new()
    {
        StateDir = flags.Text(FlagTable.StateDir),
        CaDir = flags.Given.Text(FlagTable.CaDir),
        RootsFile = flags.Given.Text(FlagTable.RootsFile),
        CertificateLife = flags.Duration(FlagTable.CertificateLife, _leastLife),
        LongestLife = flags.Duration(FlagTable.LongestLife, _leastLife),
        ServerNames = [.. flags.Given.Texts(FlagTable.ServerName)],
        UnixPeers = [.. flags.Given.Texts(FlagTable.UnixPeer)],
        UnixPeersFile = flags.Given.Text(FlagTable.UnixPeersFile),
        NodeAccounts = flags.Identities(FlagTable.NodeAccount),
    };

    private static bool IsJson(FlagReader flags) => flags.Choice(FlagTable.Output) == "json";

    private static void RequireWord(FlagReader flags, string word)
    {
        if (flags.Given.Operands is not [var only] || only != word)
        {
            flags.Given.ReportOperand(string.Join(' ', flags.Given.Operands), "is not what can be done", word);
        }
    }

    private static void RefuseOperands(FlagReader flags, string command)
    {
        foreach (var operand in flags.Given.Operands)
        {
            flags.Given.ReportOperand(operand, $"is no flag of {command}", "flags and their values only; see --help");
        }
    }
}
