using System.Globalization;
using System.Text.Json;
using Intercept.Capture.Reporting;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>What captures here, for people or for programs.</summary>
internal static class StatusText
{
    public static async Task<int> RunAsync(CaptureStatus status, string form, TextWriter output)
    {
        await output.WriteLineAsync(form == "json" ? JsonSerializer.Serialize(status, ReportJson.Default.CaptureStatus) : Text(status));
        return status.Backends.Count > 0 && status.Ebpf?.Problems is not { Count: > 0 } ? ExitCode.Success : ExitCode.CaptureNotInEffect;
    }

    private static string Text(CaptureStatus status)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine(status.Backends.Count == 0 ? "nothing captures here" : $"captured by {string.Join(", ", status.Backends)}");
        if (status.Recorded is { } recorded)
        {
            text.WriteLine($"installed {Time(recorded.Installed)} by intercept-init {recorded.Version}");
            foreach (var share in recorded.Shares)
            {
                text.WriteLine($"  {share.What}: {share.Backend}, because {share.Reason}");
            }
        }
        else if (status.Backends.Count > 0)
        {
            text.WriteLine("why is not recorded here (--state-dir)");
        }

        if (status.Ebpf is { } ebpf)
        {
            text.WriteLine($"programs of {ebpf.Version} (object {ebpf.ObjectHash[..Math.Min(12, ebpf.ObjectHash.Length)]}), attached {Time(ebpf.Since)}, cgroup {string.Join(", ", ebpf.Cgroups)}");
            foreach (var problem in ebpf.Problems)
            {
                text.WriteLine($"  PROBLEM: {problem}");
            }

            foreach (var (name, count) in ebpf.Counters)
            {
                text.WriteLine($"  {count,12}  {name}");
            }
        }

        if (status.UdpPolicyDatagrams is { } datagrams)
        {
            text.WriteLine($"{datagrams} datagrams met the UDP policy");
        }

        return text.ToString().TrimEnd();
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
