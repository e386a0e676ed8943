using Intercept.Core;

namespace Intercept.Proxy.CommandLine;

internal static class Completion
{
    public static int Write(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (arguments is not ["bash"])
        {
            error.WriteLine($"{ProxyCommandLine.Program}: completion: name a shell; allowed: bash");
            return ExitCode.Usage;
        }

        var choices = string.Concat(FlagTable.All.Where(flag => flag.Choices.Count > 0).Select(flag =>
            $"    {Forms(flag)}) words=\"{string.Join(' ', flag.Choices)}\" ;;\n"));
        var files = string.Join('|', FlagTable.All.Where(flag => flag.Placeholder == "FILE").Select(Forms));
        output.Write($$"""
            # bash completion for intercept-proxy; use: source <(intercept-proxy completion bash)
            _intercept_proxy() {
              local current="${COMP_WORDS[COMP_CWORD]}" words
              case "${COMP_WORDS[COMP_CWORD-1]}" in
            {{choices}}    {{files}}) COMPREPLY=($(compgen -f -- "$current")); return ;;
                *) words="{{string.Join(' ', FlagTable.All.Select(flag => flag.LongForm))}} --help --version" ;;
              esac
              COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -F _intercept_proxy intercept-proxy

            """);
        return ExitCode.Success;
    }

    private static string Forms(Flag flag) => flag.Letter is { } letter ? $"-{letter}|{flag.LongForm}" : flag.LongForm;
}
