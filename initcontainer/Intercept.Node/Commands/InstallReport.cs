using Intercept.Node.Installation;

namespace Intercept.Node.Commands;

/// <summary>What an installation did, for people.</summary>
internal static class InstallReport
{
    public static void Write(InstallOutcome outcome, Action<string> progress)
    {
        foreach (var file in outcome.Skipped)
        {
            progress($"WARNING: {file}: passed over; containerd would stop there, so mend or remove it");
        }

        foreach (var change in outcome.Changes)
        {
            progress(change);
        }

        progress(outcome.State switch
        {
            InstallState.Installed => outcome.Changes.IsEmpty
                ? $"already in place in {string.Join(", ", outcome.Files)}: nothing to do"
                : $"in place in {string.Join(", ", outcome.Files)}: pods made from now on pass it",
            InstallState.Waiting => $"not installed: {outcome.Why}",
            _ => $"refused: {outcome.Why}",
        });
    }
}
