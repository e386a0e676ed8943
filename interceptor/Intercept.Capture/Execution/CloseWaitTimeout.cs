using System.Globalization;

namespace Intercept.Capture.Execution;

/// <summary>How long conntrack remembers a connection that one side has closed (Linkerd's --timeout-close-wait-secs).</summary>
internal static class CloseWaitTimeout
{
    private const string Setting = "/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close_wait";

    /// <returns>True when it was something else.</returns>
    public static async Task<bool> ApplyAsync(TimeSpan timeout, ToolRunner runner, CancellationToken cancellation)
    {
        // Through a child, because the setting belongs to a namespace that may not be ours.
        var seconds = ((long)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var result = await runner.RunAsync(
            "sh", ["-c", $"read old <{Setting} && [ \"$old\" = {seconds} ] || {{ echo {seconds} >{Setting} && echo changed; }}"], cancellation: cancellation);
        if (result.Succeeded)
        {
            return result.Output.Length > 0;
        }

        throw new CaptureException($"{Setting} cannot be set to {seconds}: {result.Error.Trim()}\nA container may write there only with "
            + "securityContext.privileged: true; without --timeout-close-wait-secs it need not.");
    }
}
