using System.Collections.Immutable;
using System.Globalization;
using Intercept.Core;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Proxy.Logging;
using Intercept.Xds.Sidecars;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.CommandLine;

/// <summary>Reads the command line: options, or what there is to say instead and the code to end with.</summary>
internal static class ProxyCommandLine
{
    public const string Program = "intercept-proxy";

    // More threads than any machine has cores for are a typing error.
    private const int MaximumConcurrency = 1024;
    private const int MaximumDrainSeconds = 24 * 60 * 60;

    private const ushort HealthPort = 15021;

    // With a control plane there is nothing else to say.
    private const string BootstrapOfNone = "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 15000}}}";

    private static readonly ImmutableArray<NetEndpoint> _everywhere =
        [new(NetAddress.AnyIPv4, HealthPort), new(NetAddress.AnyIPv6, HealthPort)];

    /// <param name="processors">Cores, for the default of --concurrency.</param>
    /// <param name="environment">Taken for what it says of the sidecar where there is no bootstrap.</param>
    /// <param name="exitCode">To end with when there are no options: help and version were asked for, or something is wrong.</param>
    public static ProxyOptions? Parse(
        IReadOnlyList<string> arguments, int processors, IReadOnlyDictionary<string, string> environment, TextWriter output, TextWriter error, out int exitCode)
    {
        exitCode = ExitCode.Success;
        var before = arguments.TakeWhile(argument => argument != "--").ToList();
        switch (arguments.Count > 0 ? arguments[0] : "")
        {
            case "completion":
                exitCode = Completion.Write(arguments.Skip(1).ToList(), output, error);
                return null;
            case "version":
            case var _ when before.Contains("--version"):
                output.WriteLine($"{Program} {ProxyVersion.Text}");
                return null;
            case "help":
            case var _ when before.Contains("--help") || before.Contains("-h"):
                HelpText.Write(output);
                return null;
            default:
                return ReadOrReport(arguments, processors, environment, error, out exitCode);
        }
    }

    private static ProxyOptions? ReadOrReport(
        IReadOnlyList<string> arguments, int processors, IReadOnlyDictionary<string, string> environment, TextWriter error, out int exitCode)
    {
        var problems = new List<Problem>();
        var options = Read(new GivenFlags(arguments, problems), processors, environment, problems);
        exitCode = problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
        if (problems.Count == 0)
        {
            return options;
        }

        foreach (var problem in problems)
        {
            error.WriteLine($"{Program}: {problem}");
        }

        error.WriteLine($"{Program}: {problems.Count} problem(s); see {Program} --help");
        return null;
    }

    private static ProxyOptions Read(GivenFlags given, int processors, IReadOnlyDictionary<string, string> environment, List<Problem> problems)
    {
        var options = new ProxyOptions
        {
            ConfigPath = given.Text(FlagTable.ConfigPath),
            ConfigYaml = given.Text(FlagTable.ConfigYaml),
            Mode = Choice(given, FlagTable.Mode) == "validate" ? ProxyMode.Validate : ProxyMode.Serve,
            Concurrency = Number(given, FlagTable.Concurrency, 1, MaximumConcurrency) ?? Math.Max(1, processors),
            LogLevel = Level(given),
            LogPath = given.Text(FlagTable.LogPath),
            ServiceNode = given.Text(FlagTable.ServiceNode),
            ServiceCluster = given.Text(FlagTable.ServiceCluster),
            DrainTime = TimeSpan.FromSeconds(Number(given, FlagTable.DrainTime, 0, MaximumDrainSeconds) ?? 600),
            AccessLogPath = given.Text(FlagTable.AccessLog) switch { null => "-", "off" => null, var path => path },
            PresentsClients = Choice(given, FlagTable.ClientAddress) == "on",
            HealthAddresses = HealthAddresses(given),
            Feed = FeedFlags.Read(given),
        };
        if (options.ConfigPath is null && options.ConfigYaml is null && (options.Feed.ControlPlane is not null || SidecarEnvironment.IsGiven(environment)))
        {
            return options with { ConfigYaml = BootstrapOfNone, Feed = options.Feed with { Sidecar = FeedFlags.ReadSidecar(environment, problems) } };
        }

        if (options.ConfigPath is null && options.ConfigYaml is null
            && !problems.Any(problem => problem.Field == FlagTable.ConfigPath.LongForm || problem.Field == FlagTable.ConfigYaml.LongForm))
        {
            given.Report(FlagTable.ConfigPath, null, "is missing", "-c FILE, --config-yaml TEXT, or both; or --control-plane ADDRESS, or the environment of a sidecar (POD_NAME, POD_NAMESPACE, ...)");
        }

        return options;
    }

    private static string? Choice(GivenFlags given, Flag flag)
    {
        var text = given.Text(flag);
        if (text is null || flag.Choices.Contains(text))
        {
            return text;
        }

        given.Report(flag, text, "is not a choice", string.Join(" or ", flag.Choices));
        return null;
    }

    private static LogLevel Level(GivenFlags given)
    {
        var text = given.Text(FlagTable.LogLevel) ?? LogLevel.Information.Label();
        if (!LogLevels.TryParse(text, out var level))
        {
            given.Report(FlagTable.LogLevel, text, "is not a level", LogLevels.Allowed);
        }

        return level;
    }

    private static int? Number(GivenFlags given, Flag flag, int least, int most)
    {
        var text = given.Text(flag);
        if (text is null)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        given.Report(flag, text, "is not in range", $"a whole number from {least} to {most}");
        return null;
    }

    private static ImmutableArray<NetEndpoint> HealthAddresses(GivenFlags given)
    {
        var texts = given.Texts(FlagTable.HealthAddress);
        if (texts is [] or ["off"])
        {
            return texts.Count == 0 ? _everywhere : [];
        }

        var addresses = ImmutableArray.CreateBuilder<NetEndpoint>(texts.Count);
        foreach (var text in texts)
        {
            if (!NetEndpoint.TryParse(text, out var address))
            {
                given.Report(FlagTable.HealthAddress, text, "is not an address with a port", "0.0.0.0:15021 or [::]:15021, or off alone");
            }
            else if (addresses.Contains(address))
            {
                given.Report(FlagTable.HealthAddress, text, "is given twice", "once");
            }

            addresses.Add(address);
        }

        return addresses.ToImmutable();
    }
}
