using System.Globalization;
using Intercept.Capture.Configuration;
using Intercept.Node.Installation;

namespace Intercept.Node.CommandLine;

/// <summary>Help, from the table that the parser reads: what is not in one is not in the other.</summary>
internal static class HelpText
{
    /// <param name="command">Empty, or no command, for all of them.</param>
    public static string For(string command)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var named = NodeCommands.All.FirstOrDefault(entry => entry.Name == command);
        if (named.Name is null)
        {
            text.Write("""
                intercept-node: puts a node's pods in the mesh, by a plugin in the chain of its container runtime's network

                usage: intercept-node COMMAND [flags] [-- FLAGS OF intercept-init]

                commands:

                """);
            foreach (var (name, purpose) in NodeCommands.All)
            {
                text.WriteLine($"  {name,-11} {purpose}");
            }
        }
        else
        {
            text.WriteLine($"intercept-node {named.Name}: {named.Purpose}");
        }

        text.Write("""

            examples:
              intercept-node install --platform podman --pods 'shop-*' -- -i '*' -b '*' -u 1337
              intercept-node install --platform k3s --wait 2m
              intercept-node run --manifests /etc/intercept/pods --platform podman
              intercept-node run --kubernetes --root /host -- -i '*' -b '*' --redirect-dns
              intercept-node status --output json
              intercept-node uninstall --platform k3s

            exit codes: 0 done; 1 failed; 64 bad flags, every problem listed; 95 (status) a pod is not captured as it should be

            """);
        foreach (var name in named.Name is null ? NodeCommands.WithFlags : NodeCommands.WithFlags.Where(name => name == command))
        {
            text.WriteLine();
            text.WriteLine($"flags of {name}:");
            WriteOptions(text, NodeOptions.For(name));
        }

        text.WriteLine();
        text.WriteLine("platforms:");
        foreach (var preset in PlatformPreset.All)
        {
            text.WriteLine($"  {preset.Name,-11} {preset.ConfigurationDirectory}, {preset.PluginDirectory}");
            text.WriteLine($"              {preset.Source}");
        }

        return text.ToString();
    }

    private static void WriteOptions(StringWriter text, IEnumerable<CaptureOption> options)
    {
        foreach (var option in options)
        {
            var notes = new List<string>();
            if (option.Default is not ("" or "false"))
            {
                notes.Add($"default {option.Default}");
            }

            if (!option.Environment.IsEmpty)
            {
                notes.Add($"env {string.Join(", ", option.Environment)}");
            }

            text.WriteLine($"  --{option.Name} {option.Placeholder}".TrimEnd());
            text.WriteLine($"          {option.Help}{(notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})")}");
        }
    }
}
