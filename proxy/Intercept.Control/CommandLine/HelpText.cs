namespace Intercept.Control.CommandLine;

/// <summary>Help, from the table that the parser reads: what is not in one is not in the other.</summary>
internal static class HelpText
{
    /// <param name="command">Empty for all of them.</param>
    public static void Write(string command, TextWriter text)
    {
        var named = CommandNames.All.FirstOrDefault(entry => entry.Name == command);
        if (named.Name is null)
        {
            text.Write("""
                intercept-control: serves configuration and certificates to the proxies of a mesh, from manifests

                usage: intercept-control COMMAND [flags]

                commands:

                """);
            foreach (var (_, form, purpose) in CommandNames.All)
            {
                text.WriteLine($"  {form}");
                text.WriteLine($"          {purpose}");
            }
        }
        else
        {
            text.WriteLine($"intercept-control {named.Form}: {named.Purpose}");
        }

        text.Write("""

            examples:
              intercept-control serve --manifests /etc/intercept/manifests --socket /run/intercept/control.sock
              intercept-control serve --kubernetes --log-format json
              intercept-control validate manifests/ --output json
              intercept-control status --output json
              intercept-control token create --identity spiffe://cluster.local/ns/shop/sa/web --ttl 10m
              intercept-control ca rotate --state-dir /var/lib/intercept-control

            exit codes: 0 done; 1 failed; 64 bad flags or manifests, every problem listed

            """);
        foreach (var name in named.Name is null ? CommandNames.WithFlags : CommandNames.WithFlags.Where(name => name == command))
        {
            text.WriteLine();
            text.WriteLine($"flags of {name}:");
            foreach (var flag in FlagTable.Of(name))
            {
                var letter = flag.Letter is { } short1 ? $"-{short1}, " : "    ";
                var note = flag.Default.Length > 0 ? $" (default {flag.Default})" : "";
                text.WriteLine($"  {letter}{flag.LongForm} {flag.Placeholder}".TrimEnd());
                text.WriteLine($"          {flag.Help}{note}");
            }
        }
    }
}
