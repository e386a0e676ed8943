using Intercept.Core;

namespace Intercept.Node.CommandLine;

internal static class Completion
{
    public static async Task<int> WriteAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is not ["bash"])
        {
            await error.WriteLineAsync("intercept-node: completion: name a shell; allowed: bash");
            return ExitCode.Usage;
        }

        var all = NodeCommands.WithFlags.SelectMany(command => NodeOptions.For(command)).DistinctBy(option => option.Name).ToList();
        var choices = string.Concat(all.Where(option => option.Placeholder.Contains('|', StringComparison.Ordinal)).Select(option =>
            $"    --{option.Name}) words=\"{option.Placeholder.Replace('|', ' ')}\" ;;\n"));
        var files = string.Join('|', all.Where(option => option.Placeholder is "FILE" or "DIR").Select(option => $"--{option.Name}"));
        var commands = string.Concat(NodeCommands.WithFlags.Select(command =>
            $"      {command}) words=\"{string.Join(' ', NodeOptions.For(command).Select(option => $"--{option.Name}"))} --help\" ;;\n"));
        await output.WriteAsync($$"""
            # bash completion for intercept-node; use: source <(intercept-node completion bash)
            _intercept_node() {
              local current="${COMP_WORDS[COMP_CWORD]}" words
              case "${COMP_WORDS[COMP_CWORD-1]}" in
            {{choices}}    {{files}}) COMPREPLY=($(compgen -f -- "$current")); return ;;
                *) case "${COMP_WORDS[1]}" in
            {{commands}}      *) words="{{string.Join(' ', NodeCommands.All.Select(command => command.Name))}}" ;;
                esac ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _intercept_node intercept-node

            """);
        return ExitCode.Success;
    }
}
