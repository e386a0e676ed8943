using System.Collections.Immutable;

namespace Intercept.Control.CommandLine;

/// <summary>The commands, with what help says of each.</summary>
internal static class CommandNames
{
    public const string Serve = "serve";
    public const string Validate = "validate";
    public const string Status = "status";
    public const string Token = "token";
    public const string Authority = "ca";

    public static ImmutableArray<(string Name, string Form, string Purpose)> All { get; } =
    [
        (Serve, "serve --manifests DIR | --kubernetes [flags]", "serve configuration and certificates to proxies, until told to end"),
        (Validate, "validate DIR... [flags]", "read manifests and report every problem; exit 64 when there is one"),
        (Status, "status [flags]", "say what a control plane on this machine serves, to whom, and what is wrong"),
        (Token, "token create [flags]", "make a token by which a proxy outside a cluster shows who it is"),
        (Authority, "ca rotate [flags]", "make a new root, with overlap, so that nothing loses trust meanwhile"),
        ("completion", "completion bash", "print the shell's completion"),
        ("help", "help [command]", "print this, or the help of a command"),
        ("version", "version", "print the version"),
    ];

    /// <summary>Those that take flags.</summary>
    public static IEnumerable<string> WithFlags => [Serve, Validate, Status, Token, Authority];
}
