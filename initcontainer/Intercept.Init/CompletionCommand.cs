using Intercept.Core;

namespace Intercept.Init;

internal static class CompletionCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is not ["bash"])
        {
            await error.WriteLineAsync("intercept-init: completion: name a shell; allowed: bash");
            return ExitCode.Usage;
        }

        var cases = string.Concat(Commands.Names.Where(Commands.IsKnown).Select(command =>
            $"    {command}) words=\"{string.Join(' ', HelpText.Options(command).Select(option => $"--{option.Name}"))}\" ;;\n"));
        await output.WriteAsync($$"""
            # bash completion for intercept-init; use: source <(intercept-init completion bash)
            _intercept_init() {
              local current="${COMP_WORDS[COMP_CWORD]}" words
              case "${COMP_WORDS[1]}" in
            {{cases}}    *) words="{{string.Join(' ', Commands.Names)}}" ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _intercept_init intercept-init

            """);
        return ExitCode.Success;
    }
}
