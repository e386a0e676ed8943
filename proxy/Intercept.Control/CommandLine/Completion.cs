using Intercept.Core;

namespace Intercept.Control.CommandLine;

internal static class Completion
{
    public static int Write(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is not ["bash"])
        {
            error.WriteLine("intercept-control: completion: name a shell; allowed: bash");
            return ExitCode.Usage;
        }

        var choices = string.Concat(FlagTable.All.Where(flag => flag.Choices.Count > 0).Select(flag =>
            $"    {Forms(flag)}) words=\"{string.Join(' ', flag.Choices)}\" ;;\n"));
        var files = string.Join('|', FlagTable.All.Where(flag => flag.Placeholder is "FILE" or "DIR").Select(Forms));
        var commands = string.Concat(CommandNames.WithFlags.Select(command =>
            $"        {command}) words=\"{string.Join(' ', FlagTable.Of(command).Select(flag => flag.LongForm))} --help\" ;;\n"));
        output.Write($$"""
            # bash completion for intercept-control; use: source <(intercept-control completion bash)
            _intercept_control() {
              local current="${COMP_WORDS[COMP_CWORD]}" words
              case "${COMP_WORDS[COMP_CWORD-1]}" in
            {{choices}}    {{files}}|validate) COMPREPLY=($(compgen -f -- "$current")); return ;;
                token) words="create" ;;
                ca) words="rotate" ;;
                *) case "${COMP_WORDS[1]}" in
            {{commands}}        *) words="{{string.Join(' ', CommandNames.All.Select(command => command.Name))}}" ;;
                  esac ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _intercept_control intercept-control

            """);
        return ExitCode.Success;
    }

    private static string Forms(Flag flag) => flag.Letter is { } letter ? $"-{letter}|{flag.LongForm}" : flag.LongForm;
}
