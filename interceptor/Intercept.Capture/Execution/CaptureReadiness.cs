namespace Intercept.Capture.Execution;

/// <summary>Whether rules could be installed in another network namespace, without a look into one.</summary>
public static class CaptureReadiness
{
    private static readonly string[] _always = ["nsenter", "ip"];

    private static readonly string[][] _backends =
    [
        ["nft"],
        ["iptables-nft-restore", "iptables-nft-save"],
        ["iptables-legacy-restore", "iptables-legacy-save"],
        ["iptables-restore", "iptables-save"],
    ];

    /// <returns>A line for everything that is missing.</returns>
    public static IReadOnlyList<string> Missing(string? searchPath)
    {
        var runner = new ToolRunner(searchPath, null);
        var missing = new List<string>();
        foreach (var tool in _always.Where(tool => !runner.Exists(tool)))
        {
            missing.Add(ToolRunner.Missing(tool));
        }

        if (!_backends.Any(tools => tools.All(runner.Exists)))
        {
            missing.Add(ToolRunner.Missing("iptables-restore"));
        }

        if (!Privileges.HasNetAdmin())
        {
            missing.Add(Privileges.HowToGrant("NET_ADMIN", "to read and change packet rules"));
        }

        if (!Privileges.HasSysAdmin())
        {
            missing.Add(Privileges.HowToGrant("SYS_ADMIN", "to enter another network namespace"));
        }

        return missing;
    }
}
