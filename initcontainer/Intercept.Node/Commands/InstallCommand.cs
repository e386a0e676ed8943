using Intercept.Core;
using Intercept.Node.Installation;

namespace Intercept.Node.Commands;

/// <summary>Installs once, and waits a while for a network to be there where it is told to.</summary>
internal sealed class InstallCommand(InstallSettings settings, Action<string> progress, TimeProvider time)
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(250);

    public async Task<int> RunAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var installation = new PluginInstallation(settings, time);
        var started = time.GetTimestamp();
        var isTold = false;
        while (true)
        {
            var outcome = await installation.ApplyAsync(cancellation);
            if (outcome.State == InstallState.Waiting && time.GetElapsedTime(started) < patience)
            {
                if (!isTold)
                {
                    progress($"waiting: {outcome.Why}");
                    isTold = true;
                }

                await Task.Delay(_pollInterval, time, cancellation);
                continue;
            }

            InstallReport.Write(outcome, progress);
            return outcome.State == InstallState.Installed ? ExitCode.Success : ExitCode.Failed;
        }
    }
}
