using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Execution;
using Intercept.Linux;
using Intercept.Linux.Bpf;
using Intercept.Linux.Processes;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>
/// What is pinned on a bpffs, held by one run at a time. The entry of a pod in the map of pods is written last and removed first: it
/// alone makes everything else take effect, so that a run that is cut off leaves either what was before or what was asked for.
/// </summary>
internal sealed class EbpfStore : IDisposable
{
    private readonly PinLayout _layout;
    private readonly RunLock _held;
    private readonly Action<string> _progress;
    private readonly TimeProvider _time;

    private EbpfStore(PinLayout layout, RunLock held, Action<string> progress, TimeProvider time)
    {
        _progress = progress;
        _layout = layout;
        _held = held;
        _time = time;
    }

    public static async Task<EbpfStore> OpenAsync(
        PinLayout layout, TimeSpan limit, Action<string> progress, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            PinLayout.Create(layout.Root);
            var inode = FileStamp.Of(layout.Root).Inode;
            var held = await RunLock.AcquireAsync(layout.Root, "what is pinned on bpffs", limit, progress, time, cancellation);

            // Who held it may have removed the directory, and the lock is then on one that nobody finds any more.
            if (FileStamp.Of(layout.Root).Inode == inode)
            {
                return new EbpfStore(layout, held, progress, time);
            }

            held.Dispose();
        }
    }

    /// <summary>Compares without the lock and without loading anything.</summary>
    public static IReadOnlyList<string> Differences(PinLayout layout, Enrolment wanted)
    {
        if (!Directory.Exists(layout.Maps))
        {
            return ["missing: nothing of ours is pinned"];
        }

        using var maps = EbpfMaps.OpenPinned(layout.Maps);
        return
        [
            .. wanted.Cgroups.SelectMany(share => Links(layout, share.Cgroup).Differences(wanted.Image, share.Programs)),
            .. wanted.Inbound ? Links(layout, wanted.Pod).Differences(wanted.Image, wanted.PodPrograms) : [],
            .. maps.Differences(wanted.Pod.Cookie, wanted.Plan),
        ];
    }

    public void Install(Enrolment wanted, bool force)
    {
        CheckVersion();
        foreach (var share in wanted.Cgroups)
        {
            PutOnCgroup(wanted, share, force);
        }

        PutOnPod(wanted, force);
        using var maps = EbpfMaps.OpenPinned(_layout.Maps);
        if (wanted.Inbound)
        {
            ListenerRegistration.Complete(maps, wanted.Pod, wanted.Plan.Pod.InboundPort, _progress);
        }

        if (force || maps.Differences(wanted.Pod.Cookie, wanted.Plan).Count > 0)
        {
            Enrol(maps, wanted.Pod.Cookie, wanted.Plan);
        }

        RemoveOtherVersions(wanted.Pod.Cookie, wanted.CgroupInodes);
    }

    /// <returns>False where nothing of this pod was there.</returns>
    public bool Remove(ulong cookie)
    {
        var found = Directory.Exists(_layout.Pod(cookie));
        if (Directory.Exists(_layout.Maps))
        {
            using var maps = EbpfMaps.OpenPinned(_layout.Maps);
            if (maps.Pods.TryGet(cookie, out var pod))
            {
                found = true;
                Settle(maps, () => maps.Remove(cookie), pod.Id);
            }
        }

        if (Directory.Exists(_layout.Pod(cookie)))
        {
            var cgroups = PinRecord.Read(_layout.Pod(cookie))?.Cgroups ?? [];
            PinnedLinks.Remove(_layout.Pod(cookie));
            foreach (var inode in cgroups.Except(UsedCgroups()).Where(inode => Directory.Exists(_layout.Cgroup(inode))))
            {
                PinnedLinks.Remove(_layout.Cgroup(inode));
            }
        }

        RemoveOtherVersions(cookie, []);
        RemoveEmpty();
        return found;
    }

    /// <summary>Removes what outlived its cgroup or its network namespace, and what a run that was cut off left.</summary>
    public void CollectGarbage()
    {
        foreach (var stage in Directory.EnumerateDirectories(_layout.Root, "stage-*"))
        {
            _progress($"removing what an interrupted run left: {stage}");
            DeleteAll(stage);
        }

        foreach (var cookie in PinLayout.NumbersIn(_layout.Pods).Where(IsGone))
        {
            _progress($"the network namespace with cookie {cookie} is gone: removing its capture");
            Remove(cookie);
        }

        var used = UsedCgroups().ToHashSet();
        foreach (var inode in PinLayout.NumbersIn(_layout.Cgroups))
        {
            var isAlive = PinnedLinks.IsAlive(_layout.Cgroup(inode));
            if (!isAlive || !used.Contains(inode))
            {
                _progress($"cgroup {inode} {(isAlive ? "has no pod that is captured" : "is gone")}: removing its programs");
                PinnedLinks.Remove(_layout.Cgroup(inode));
            }
        }

        if (Directory.Exists(_layout.Maps) && PinLayout.NumbersIn(_layout.Unsettled) is { Count: > 0 } unsettled)
        {
            using var maps = EbpfMaps.OpenPinned(_layout.Maps);
            _progress("removing rules that an interrupted run left");
            RemoveUnsettled(maps, [.. unsettled.Select(id => (uint)id)]);
        }
    }

    public void Dispose()
    {
        RemoveEmpty();
        _held.Dispose();
    }

    private static PinnedLinks Links(PinLayout layout, Cgroup cgroup) => new(layout.Cgroup(cgroup.Inode), layout.Stage, cgroup.Inode);

    private static PinnedLinks Links(PinLayout layout, NetworkNamespace pod) => new(layout.Pod(pod.Cookie), layout.Stage, pod.Inode);

    // Without maps there is nothing to compare with; with maps of other sizes this says so before libbpf would, in worse words.
    private void CheckVersion()
    {
        if (Directory.Exists(_layout.Maps) && Directory.EnumerateFiles(_layout.Maps).Any())
        {
            EbpfMaps.OpenPinned(_layout.Maps).Dispose();
        }
    }

    private void PutOnCgroup(Enrolment wanted, CgroupShare share, bool force)
    {
        var links = Links(_layout, share.Cgroup);
        if (!force && links.Differences(wanted.Image, share.Programs).Count == 0)
        {
            return;
        }

        using var loaded = Load(wanted.Image, 0, share.Programs);
        using var place = AdvisoryLock.Open(share.Cgroup.Path);
        links.Put(loaded, share.Programs, place, Record(wanted, [share.Cgroup.Inode]));
    }

    private void PutOnPod(Enrolment wanted, bool force)
    {
        var links = Links(_layout, wanted.Pod);
        if (!force && links.Exist && links.Differences(wanted.Image, wanted.PodPrograms).Count == 0
            && PinRecord.Read(_layout.Pod(wanted.Pod.Cookie))?.Cgroups.SequenceEqual(wanted.CgroupInodes) == true)
        {
            return;
        }

        using var loaded = Load(wanted.Image, wanted.Pod.Cookie, wanted.PodPrograms);
        using var place = AdvisoryLock.Open(wanted.Pod.Path);
        links.Put(loaded, wanted.PodPrograms, place, Record(wanted, wanted.CgroupInodes));
    }

    private PinRecord Record(Enrolment wanted, IReadOnlyList<ulong> cgroups) =>
        new(typeof(EbpfStore).Assembly.GetName().Version?.ToString(3) ?? "unknown", wanted.Image.Hash, _time.GetUtcNow(), cgroups, []);

    private BpfObject Load(CaptureImage image, ulong cookie, IReadOnlyList<string> programs)
    {
        var loaded = image.Open(cookie);
        try
        {
            loaded.KeepPrograms([.. programs]);
            if (Directory.Exists(_layout.Version))
            {
                loaded.PinMaps(_layout.Maps);
                loaded.Load();
                return loaded;
            }

            var maps = Path.Combine(_layout.Stage, Path.GetFileName(_layout.Maps));
            PinLayout.Create(_layout.Stage);
            PinLayout.Create(maps);
            loaded.PinMaps(maps);
            loaded.Load();
            Directory.Move(_layout.Stage, _layout.Version);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private void Enrol(EbpfMaps maps, ulong cookie, EbpfPlan plan)
    {
        var taken = maps.Pods.Keys().Select(key => maps.Pods.TryGet(key, out var pod) ? pod.Id : 0).ToHashSet();
        var id = 1U;
        while (taken.Contains(id) || Directory.Exists(_layout.UnsettledRules(id)))
        {
            id++;
        }

        var before = maps.Pods.TryGet(cookie, out var pod) ? pod.Id : id;
        Settle(maps, () => maps.Enrol(cookie, plan.WithId(id)), id, before);
    }

    // Rules are under a number, and the number is noted before they are touched: whatever is cut off, the next run finds them.
    private void Settle(EbpfMaps maps, Action change, params uint[] ids)
    {
        foreach (var id in ids)
        {
            PinLayout.Create(_layout.Unsettled);
            PinLayout.Create(_layout.UnsettledRules(id));
        }

        change();
        ForgetUnsettled(ids);
    }

    private void RemoveUnsettled(EbpfMaps maps, uint[] ids)
    {
        var inForce = maps.Pods.Keys().Select(key => maps.Pods.TryGet(key, out var pod) ? pod.Id : 0).ToHashSet();
        maps.RemoveRules([.. ids.Where(id => !inForce.Contains(id))]);
        ForgetUnsettled(ids);
    }

    private void ForgetUnsettled(IEnumerable<uint> ids)
    {
        foreach (var id in ids.Distinct())
        {
            Directory.Delete(_layout.UnsettledRules(id));
        }
    }

    private bool IsGone(ulong cookie)
    {
        var pod = _layout.Pod(cookie);
        if (File.Exists(Path.Combine(pod, CaptureObject.InboundProgram)))
        {
            return !PinnedLinks.IsAlive(pod);
        }

        return PinRecord.Read(pod) is not { Cgroups: [var cgroup, ..] } || !Directory.Exists(_layout.Cgroup(cgroup)) || !PinnedLinks.IsAlive(_layout.Cgroup(cgroup));
    }

    private IEnumerable<ulong> UsedCgroups() =>
        PinLayout.NumbersIn(_layout.Pods).SelectMany(cookie => PinRecord.Read(_layout.Pod(cookie))?.Cgroups ?? []);

    // Every layout names its directories alike, whatever is in its maps.
    private void RemoveOtherVersions(ulong cookie, IReadOnlyList<ulong> cgroups)
    {
        foreach (var old in _layout.OtherVersions())
        {
            foreach (var directory in cgroups.Select(old.Cgroup).Prepend(old.Pod(cookie)).Where(Directory.Exists))
            {
                PinnedLinks.Remove(directory);
            }

            if (PinLayout.NumbersIn(old.Pods).Count == 0 && PinLayout.NumbersIn(old.Cgroups).Count == 0)
            {
                DeleteAll(old.Version);
            }
        }
    }

    private void RemoveEmpty()
    {
        if (!Directory.Exists(_layout.Root))
        {
            return;
        }

        if (Directory.Exists(_layout.Version) && PinLayout.NumbersIn(_layout.Pods).Count == 0 && PinLayout.NumbersIn(_layout.Cgroups).Count == 0)
        {
            DeleteAll(_layout.Version);
        }

        if (!Directory.EnumerateFileSystemEntries(_layout.Root).Any())
        {
            Directory.Delete(_layout.Root);
        }
    }

    private static void DeleteAll(string directory) => Directory.Delete(directory, recursive: true);
}
