using Intercept.Core;
using Intercept.Node.Installation;

namespace Intercept.Node.Commands;

/// <summary>Takes everything away that is not a pod's. Needs nothing but the host's directories.</summary>
internal sealed class UninstallCommand(InstallSettings settings, Action<string> progress, TimeProvider time)
{
    public async Task<int> RunAsync(bool keepsProgram, CancellationToken cancellation)
    {
        var outcome = await new PluginInstallation(settings, time).RemoveAsync(keepsProgram, cancellation);
        foreach (var change in outcome.Changes)
        {
            progress(change);
        }

        foreach (var problem in outcome.Problems)
        {
            progress($"WARNING: {problem}");
        }

        if (outcome.Changes.IsEmpty && outcome.Problems.IsEmpty)
        {
            progress("nothing of ours is installed: nothing to do");
        }

        return outcome.Problems.IsEmpty ? ExitCode.Success : ExitCode.Failed;
    }
}
