using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Intercept.Capture.Attachments;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Execution;
using Intercept.Capture.Pods;
using Intercept.Capture.Reporting;
using Intercept.Linux;
using Intercept.Node.Pods;
using Intercept.Node.Reporting;

namespace Intercept.Node.Agent;

/// <summary>
/// Compares every pod's rules with what was planned for it, repairs what differs, forgets what is gone, and finds pods that should be
/// captured and are not. One after the other: each comparison is some children, and none is urgent.
/// </summary>
internal sealed class Repairer(AgentOptions options, PodStore pods, PodNamespaces namespaces, PodInstaller installer, AgentLog log, TimeProvider time)
{
    // Between the record and the rules of an ADD lies the plugin's own time, and it is not to be taken for drift.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _lockTime = TimeSpan.FromSeconds(30);

    private readonly AttachmentStore _store = new(options.StateDirectory);
    private readonly ConcurrentDictionary<string, PodRecord> _records = [];
    private readonly ConcurrentDictionary<string, bool> _announced = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ImmutableArray<PodStatus> _uncaptured = [];
    private ImmutableArray<string> _problems = [];
    private long _repaired;

    /// <summary>Of every pod, as of the last look.</summary>
    public IReadOnlyList<PodStatus> Pods =>
        [.. _records.Values.Select(record => record.ToStatus(options.StateDirectory)).Concat(_uncaptured).OrderBy(pod => $"{pod}", StringComparer.Ordinal)];

    public IReadOnlyList<string> Problems => _problems;

    public long Repaired => Interlocked.Read(ref _repaired);

    /// <summary>The plugin says that a pod's rules are in place: it is looked at now.</summary>
    public void Attached(Attachment attachment)
    {
        _announced[NameOf(attachment)] = true;
        _wake.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await LookAsync(cancellation);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var wake = _wake.Reader.ReadAsync(patience.Token).AsTask();
            await Task.WhenAny(wake, Task.Delay(options.Interval, time, patience.Token));
            await patience.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static string NameOf(Attachment attachment) => $"{attachment.ContainerId}-{attachment.Interface}";

    private async Task LookAsync(CancellationToken cancellation)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        await CollectAsync(problems, cancellation);
        var files = _store.All();
        foreach (var file in files)
        {
            if (file.Attachment is { } attachment)
            {
                await LookAsync(file.Name, attachment, cancellation);
            }
            else
            {
                problems.Add($"{file.Path} {file.Failure}");
            }
        }

        foreach (var name in _records.Keys.Except(files.Select(file => file.Name)))
        {
            _records.TryRemove(name, out _);
            _announced.TryRemove(name, out _);
        }

        foreach (var problem in problems.Except(_problems))
        {
            log.Warning(problem);
        }

        _problems = problems.ToImmutable();
        await FindAsync(cancellation);
    }

    // What eBPF capture pinned for namespaces and cgroups that are gone; packet rules went with theirs.
    private async Task CollectAsync(ImmutableArray<string>.Builder problems, CancellationToken cancellation)
    {
        try
        {
            await EbpfGarbage.CollectAsync(options.Bpffs, _lockTime, log.Info, time, cancellation);
        }
        catch (CaptureException failure)
        {
            problems.Add(failure.Message);
        }
    }

    private async Task LookAsync(string name, Attachment attachment, CancellationToken cancellation)
    {
        // A new container has the name of the one before it where a runtime makes it anew.
        var before = _records.TryGetValue(name, out var known) && known.Attachment.NamespaceInode == attachment.NamespaceInode
            ? known with { Attachment = attachment } : new PodRecord(attachment);
        _records[name] = before;
        var (state, path) = namespaces.Look(attachment);
        switch (state)
        {
            case NamespaceState.Gone:
                Forget(name, attachment);
                break;
            case NamespaceState.Hidden:
                _records[name] = before with
                {
                    State = PodStatus.Unknown,
                    Problem = $"{attachment.NetworkNamespace} cannot be looked at from here: the agent needs the host's /run/netns mounted (HostToContainer) and its process numbers (hostPID)",
                };
                break;
            default:
                if (_announced.ContainsKey(name) || time.GetUtcNow() - attachment.Since >= _grace)
                {
                    _records[name] = await CompareAsync(name, before, path, cancellation);
                }

                break;
        }
    }

    private async Task<PodRecord> CompareAsync(string name, PodRecord record, string path, CancellationToken cancellation)
    {
        var pod = record.Attachment.Pod;
        try
        {
            var drift = await installer.DriftAsync(record.Attachment.Arguments, path, cancellation);
            if (drift.Count == 0)
            {
                return record with { State = PodStatus.Captured, Verified = time.GetUtcNow(), Problem = null };
            }

            var found = $"{drift.Count} difference(s), the first: {drift[0]}";
            if (!options.Repairs)
            {
                Tell(record, $"{pod}: {found}");
                return record with { State = PodStatus.Drifted, Problem = found };
            }

            // A runtime that is taking the pod away has removed the record by now, or will: nothing may be put back behind it.
            if (_store.Find(record.Attachment.ContainerId, record.Attachment.Interface) is null)
            {
                return record;
            }

            log.Warning($"{pod}: {found}; repairing");
            await installer.InstallAsync(record.Attachment.Arguments, path, $"{pod}", cancellation);
            Interlocked.Increment(ref _repaired);
            if (_store.Find(record.Attachment.ContainerId, record.Attachment.Interface) is null)
            {
                await installer.UninstallAsync(path, cancellation);
            }

            return record with { State = PodStatus.Captured, Verified = time.GetUtcNow(), Repairs = record.Repairs + 1, Problem = null };
        }
        catch (CaptureException failure) when (namespaces.Look(record.Attachment).State == NamespaceState.Gone)
        {
            log.Info($"{pod}: its namespace went while it was looked at ({failure.Message})");
            Forget(name, record.Attachment);
            return record;
        }
        catch (CaptureException failure)
        {
            Tell(record, $"{pod}: {failure.Message}");
            return record with { State = PodStatus.Drifted, Problem = failure.Message };
        }
    }

    private void Tell(PodRecord record, string problem)
    {
        if (record.Problem is null || !problem.EndsWith(record.Problem, StringComparison.Ordinal))
        {
            log.Warning(problem);
        }
    }

    private void Forget(string name, Attachment attachment)
    {
        log.Info($"{attachment.Pod}: its network namespace is gone");
        _store.Remove(name);
        CaptureRecord.Remove(options.StateDirectory, attachment.NamespaceInode);
        _records.TryRemove(name, out _);
        _announced.TryRemove(name, out _);
    }

    // Pods that were there before the plugin, or that it never heard of.
    private async Task FindAsync(CancellationToken cancellation)
    {
        var attached = _records.Values.Select(record => (record.Attachment.Pod.Namespace, record.Attachment.Pod.Name)).ToHashSet();
        var found = ImmutableArray.CreateBuilder<PodStatus>();
        var wanted = pods.All
            .Where(pod => pod.Identity.Uid.Length > 0 && !attached.Contains((pod.Identity.Namespace, pod.Identity.Name)))
            .Select(pod => (Pod: pod, PodSelection.Decide(pod, options.Selection).Decision))
            .Where(entry => entry.Decision is { IsCaptured: true }).ToList();
        var paths = namespaces.Find([.. wanted.Select(entry => entry.Pod.Identity.Uid)]);
        foreach (var (pod, decision) in wanted)
        {
            if (paths.TryGetValue(pod.Identity.Uid, out var path) && await CaptureAsync(pod, decision!, path, cancellation) is { } problem)
            {
                found.Add(new PodStatus(
                    pod.Identity.Namespace, pod.Identity.Name, pod.Identity.Uid, "", path, PodStatus.Uncaptured, null, decision!.Reason, null, null, 0, problem));
            }
        }

        _uncaptured = found.ToImmutable();
    }

    // Null when it is captured now.
    private async Task<string?> CaptureAsync(PodMetadata pod, PodDecision decision, string path, CancellationToken cancellation)
    {
        if (!options.Repairs)
        {
            return "it was made before the plugin was in place; make it anew, or let the agent repair";
        }

        var attachment = new Attachment
        {
            ContainerId = $"found-{pod.Identity.Uid}",
            Interface = "eth0",
            Pod = pod.Identity,
            NetworkNamespace = path,
            NamespaceInode = FileStamp.Of(path).Inode,
            Arguments = decision.Arguments,
            Reason = $"found uncaptured; {decision.Reason}",
            Since = time.GetUtcNow(),
            Version = NodeProgram.Version,
        };
        try
        {
            log.Warning($"{pod.Identity} is not captured and should be, because {decision.Reason}; capturing it in place");
            _store.Write(attachment);
            await installer.InstallAsync(attachment.Arguments, path, $"{pod.Identity}", cancellation);
            Interlocked.Increment(ref _repaired);
            _records[NameOf(attachment)] = new PodRecord(attachment) { State = PodStatus.Captured, Verified = time.GetUtcNow(), Repairs = 1 };
            return null;
        }
        catch (Exception failure) when (failure is CaptureException or IOException or UnauthorizedAccessException)
        {
            log.Error($"{pod.Identity}: {failure.Message}");
            _store.Remove(attachment.ContainerId, attachment.Interface);
            return failure.Message;
        }
    }
}
