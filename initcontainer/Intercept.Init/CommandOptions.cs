using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Compiling;

namespace Intercept.Init;

/// <summary>What single commands take beside the options of the capture table.</summary>
internal static class CommandOptions
{
    public const string Output = "output";
    public const string From = "from";
    public const string To = "to";
    public const string Uid = "uid";
    public const string Gid = "gid";
    public const string Udp = "udp";
    public const string Interface = "interface";
    public const string Source = "source";
    public const string Interval = "interval";
    public const string ProbeInterval = "probe-interval";
    public const string Repair = "repair";

    public const string File = "file";
    public const string Check = "check";
    public const string NoLoad = "no-load";

    /// <summary>Set for the child that already is in the namespace.</summary>
    public const string Inside = "inside";

    public static ImmutableArray<CaptureOption> For(string command) => command switch
    {
        Commands.Plan => [Text(Output, "text", "text|json|iptables|nftables", "text: rules with their purpose; iptables, nftables: input for that tool")],
        Commands.Status or Commands.Events => [Format()],
        Commands.Verify => [Format(), Switch(Inside, "")],
        Commands.Watch =>
        [
            Text(Interval, "30s", "DURATION", "how often the rules are compared"),
            Text(ProbeInterval, "5m", "DURATION", "how often real connections are made; 0 makes none"),
            Switch(Repair, "repair drift, as install does"), Switch(Inside, ""),
        ],
        Commands.Explain =>
        [
            Text(From, "app", "app|proxy|peer", "who connects"), Text(To, "", "IP:PORT", "where to; [::1]:80 for IPv6 (required)"),
            Text(Uid, "", "UID", "the connecting process's user"), Text(Gid, "", "GID", "its group"),
            Switch(Udp, "a datagram instead of a connection"), Text(Interface, "", "NAME", "out by, or in by; lo for loopback addresses, else eth0"),
            Text(Source, "", "IP", "the connecting address"), Format(),
        ],
        Commands.Compile =>
        [
            Text(File, CompileSettings.StandardFile, "FILE", "where the object goes; it takes the place of one that is there at once"),
            Switch(Check, "compile and load it, and write nothing"), Switch(NoLoad, "do not try whether this kernel takes it"), Format(),
        ],
        _ => [],
    };

    private static CaptureOption Format() => Text(Output, "text", "text|json", "the form of the answer");

    private static CaptureOption Text(string name, string standard, string placeholder, string help) =>
        new(name, null, [], OptionKind.Text, standard, placeholder, help);

    private static CaptureOption Switch(string name, string help) => new(name, null, [], OptionKind.Switch, "false", "", help);
}
