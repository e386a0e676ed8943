using Intercept.Capture.Attachments;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Execution;
using Intercept.Capture.Reporting;
using Intercept.Capture.Verification;
using Intercept.Core;
using Intercept.Node.Agent;
using Intercept.Node.Installation;
using Intercept.Node.Serving;

namespace Intercept.Node.Commands;

/// <summary>Takes everything away, and the rules of running pods only when told to. Needs nothing but the host's directories.</summary>
internal sealed class UninstallCommand(InstallSettings settings, AgentOptions options, SelfCommand self, Action<string> progress, TimeProvider time)
{
    private static readonly TimeSpan _lockTime = TimeSpan.FromSeconds(30);

    private readonly AttachmentStore _store = new(options.StateDirectory);
    private readonly PodNamespaces _namespaces = new(options.Root);
    private readonly PodInstaller _installer = new(options, self, new AgentLog(TextWriter.Null, isJson: false, time), time);

    public async Task<int> RunAsync(bool keepsProgram, bool releasesPods, CancellationToken cancellation)
    {
        List<string> problems = AgentServer.IsAnswered(options.Socket)
            ? [$"an agent answers on {options.Socket} and will put the plugin back: stop it, then do this again"]
            : [];
        var outcome = await new PluginInstallation(settings, time).RemoveAsync(keepsProgram, cancellation);
        foreach (var change in outcome.Changes)
        {
            progress(change);
        }

        problems.AddRange(outcome.Problems);
        var (captured, released) = await ReleaseAsync(releasesPods, problems, cancellation);
        await CollectAsync(problems, cancellation);
        var hasState = RemoveState(captured, problems);
        foreach (var problem in problems)
        {
            progress($"WARNING: {problem}");
        }

        if (captured > 0)
        {
            progress($"{captured} running pod(s) stay captured until they end; --pods-too releases them");
        }

        if (outcome.Changes.IsEmpty && problems.Count == 0 && captured + released == 0 && !hasState)
        {
            progress("nothing of ours is installed: nothing to do");
        }

        return problems.Count == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    // How many stay captured, and how many are not any more.
    private async Task<(int Captured, int Released)> ReleaseAsync(bool releases, List<string> problems, CancellationToken cancellation)
    {
        var (captured, released) = (0, 0);
        foreach (var file in _store.All())
        {
            if (file.Attachment is not { } attachment)
            {
                problems.Add($"{file.Path} {file.Failure}");
                continue;
            }

            var (state, path) = _namespaces.Look(attachment);
            if (state != NamespaceState.Gone && !releases)
            {
                captured++;
                continue;
            }

            try
            {
                if (state == NamespaceState.Hidden)
                {
                    throw new CaptureException($"{attachment.NetworkNamespace} cannot be looked at from here; run this on the host itself");
                }

                if (state == NamespaceState.Alive)
                {
                    await _installer.UninstallAsync(path, cancellation);
                    progress($"{attachment.Pod}: its rules are removed");
                }

                CaptureRecord.Remove(options.StateDirectory, attachment.NamespaceInode);
                _store.Remove(file.Name);
                released++;
            }
            catch (CaptureException failure)
            {
                problems.Add($"{attachment.Pod}: {failure.Message}");
                captured++;
            }
        }

        return (captured, released);
    }

    private static void RemoveDirectory(string empty)
    {
        try
        {
            Directory.Delete(empty);
        }
        catch (IOException)
        {
            // It is mounted, as in a container: whoever mounted it has it.
        }
    }

    private async Task CollectAsync(List<string> problems, CancellationToken cancellation)
    {
        try
        {
            await EbpfGarbage.CollectAsync(options.Bpffs, _lockTime, progress, time, cancellation);
        }
        catch (CaptureException failure)
        {
            problems.Add(failure.Message);
        }
    }

    // With captured pods their records stay: whoever installs again goes on from them.
    private bool RemoveState(int captured, List<string> problems)
    {
        try
        {
            if (!Directory.Exists(options.StateDirectory))
            {
                return false;
            }

            var had = File.Exists(options.Socket);
            File.Delete(options.Socket);
            if (captured > 0)
            {
                return had;
            }

            _store.RemoveUnfinished();
            foreach (var log in Directory.EnumerateFiles(options.StateDirectory, $"{CniEdit.PluginType}.log*"))
            {
                File.Delete(log);
                had = true;
            }

            foreach (var directory in new[] { _store.Folder, options.StateDirectory }.Where(path => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any()))
            {
                RemoveDirectory(directory);
            }

            return had;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{options.StateDirectory}: {failure.Message}");
            return false;
        }
    }
}
