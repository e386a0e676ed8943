using System.Collections.Immutable;

namespace Intercept.Node.CommandLine;

/// <summary>The commands, with what help says of each.</summary>
internal static class NodeCommands
{
    public const string Install = "install";
    public const string Run = "run";
    public const string Status = "status";
    public const string Uninstall = "uninstall";
    public const string Completion = "completion";
    public const string Help = "help";
    public const string Version = "version";

    public static ImmutableArray<(string Name, string Purpose)> All { get; } =
    [
        (Install, "put the plugin intercept-cni and its entry in a runtime's network configuration in place, once"),
        (Run, "install and keep it so; tell plugins which pods are captured; verify and repair; until told to end"),
        (Status, "say of each pod by what it is captured, since when, verified when; asks the agent"),
        (Uninstall, "take all of it away; works without an agent, and twice"),
        (Completion, "print the shell's completion: completion bash"),
        (Help, "print this, or the help of a command"),
        (Version, "print the version"),
    ];

    /// <summary>Those that take flags.</summary>
    public static IEnumerable<string> WithFlags => All.Select(entry => entry.Name).TakeWhile(name => name != Completion);
}
