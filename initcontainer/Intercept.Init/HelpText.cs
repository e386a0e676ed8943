using System.Globalization;
using Intercept.Capture.Configuration;

namespace Intercept.Init;

/// <summary>Help, from the table that the parser reads: what is not in one is not in the other.</summary>
internal static class HelpText
{
    private static readonly (string Command, string Purpose)[] _commands =
    [
        (Commands.Install, "install the rules, or repair what differs; the command when none is given"),
        (Commands.Uninstall, "remove everything of ours, whatever installed it"),
        (Commands.Plan, "print the rules without touching the kernel"),
        (Commands.Verify, "prove capture with real connections; exit 95 when it is not in effect"),
        (Commands.Explain, "say what happens to one flow, and which rule decides"),
        (Commands.Watch, "keep verifying, report drift, with --repair mend it"),
        (Commands.Status, "say what captures here, chosen why, and what it counted; exit 95 when nothing does"),
        (Commands.Events, "print what eBPF refuses, as it happens, for all pods of this bpffs (--events-per-second at install)"),
        (Commands.Compile, "compile the eBPF programs here, with clang, for --ebpf-object"),
        ("completion", "print the shell's completion: completion bash"),
        ("help", "print this, or the help of a command"),
        ("version", "print the version"),
    ];

    public static IEnumerable<CaptureOption> Options(string command) =>
        CaptureOptionTable.Own.Concat(CaptureOptionTable.Istio).Concat(CommandOptions.For(command)).Where(option => option.Help.Length > 0);

    public static string For(string command)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        if (!Commands.IsKnown(command))
        {
            text.WriteLine("intercept-init: redirects a pod's traffic to its proxy, by eBPF, iptables or nftables, IPv4 and IPv6 always\n");
            text.WriteLine("usage: intercept-init [command] [flags]      a pod spec for istio-init works unchanged\n");
            text.WriteLine("commands:");
            foreach (var (name, purpose) in _commands)
            {
                text.WriteLine($"  {name,-11} {purpose}");
            }

            text.WriteLine();
            WriteExamples(text);
            WriteExits(text);
            command = Commands.Install;
        }
        else
        {
            text.WriteLine($"intercept-init {command}: {_commands.First(entry => entry.Command == command).Purpose}\n");
            WriteExamples(text);
        }

        if (!CommandOptions.For(command).IsEmpty)
        {
            text.WriteLine("flags of this command:");
            WriteOptions(text, CommandOptions.For(command).Where(option => option.Help.Length > 0));
        }

        text.WriteLine("flags:");
        WriteOptions(text, CaptureOptionTable.Own);
        text.WriteLine("istio-iptables' flags and environment (a flag wins over the variable):");
        WriteOptions(text, CaptureOptionTable.Istio);
        text.WriteLine("with --linkerd, proxy-init's flags instead:");
        WriteOptions(text, CaptureOptionTable.Linkerd);
        return text.ToString();
    }

    private static void WriteExamples(StringWriter text) => text.Write("""
        examples:
          intercept-init install -p 15001 -z 15006 -u 1337 -m REDIRECT -i '*' -x '' -b '*' -d 15090,15021,15020
          intercept-init plan -i '*' -b '*' --output nftables
          intercept-init explain -i '*' -b '*' --from app --to 10.0.0.1:80
          intercept-init verify -i '*' -b '*'
          intercept-init watch -i '*' -b '*' --interval 10s --repair
          intercept-init status --output json
          intercept-init uninstall
          intercept-init compile --file capture.bpf.o


        """);

    private static void WriteExits(StringWriter text) => text.Write("""
        exit codes: 0 done; 1 failed; 64 bad flags or environment, every problem listed; 95 capture is not in effect


        """);

    private static void WriteOptions(StringWriter text, IEnumerable<CaptureOption> options)
    {
        foreach (var option in options)
        {
            var letter = option.Letter is { } short1 ? $"-{short1}, " : "    ";
            var notes = new List<string>();
            if (option.Default.Length > 0 && option.Default != "false")
            {
                notes.Add($"default {option.Default}");
            }

            if (!option.Environment.IsEmpty)
            {
                notes.Add($"env {string.Join(", ", option.Environment)}");
            }

            var note = notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})";
            text.WriteLine($"  {letter}--{option.Name} {option.Placeholder}".TrimEnd());
            text.WriteLine($"          {option.Help}{note}");
        }

        text.WriteLine();
    }
}
