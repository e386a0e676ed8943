using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Ebpf.Places;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Reporting;
using Intercept.Linux;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>Puts a plan into the maps and programs of one pod.</summary>
/// <param name="pod">The namespace that is captured.</param>
/// <param name="cgroup">Whose sockets it is about; null where it could not be told, which only what the pod is called by can do without.</param>
internal sealed class EbpfBackend(
    NetworkNamespace pod, Cgroup? cgroup, EbpfSettings settings, TimeSpan lockTimeout, Action<string> progress, TimeProvider time) : ICaptureBackend
{
    private static readonly TimeSpan _passing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(25);

    private readonly PinLayout _layout = new(settings.Bpffs);

    public string Name => "eBPF";

    /// <summary>Whether this pod is enrolled, in whatever version.</summary>
    public bool Holds => _layout.OtherVersions().Append(_layout).Any(layout => Directory.Exists(layout.Pod(pod.Cookie)));

    public IReadOnlyList<string> Drift(CapturePlan? plan)
    {
        if (plan is null)
        {
            return Holds ? ["this network namespace is enrolled"] : [];
        }

        return Try(() => EbpfStore.Differences(_layout, Wanted(plan)));
    }

    public async Task ApplyAsync(CapturePlan? plan, bool force, CancellationToken cancellation)
    {
        RequireBpffs();
        using var store = await EbpfStore.OpenAsync(_layout, lockTimeout, progress, time, cancellation);
        Try(() =>
        {
            store.CollectGarbage();
            return true;
        });
        if (plan is null)
        {
            Try(() => store.Remove(pod.Cookie));
            return;
        }

        var wanted = Try(() => Wanted(plan));
        await RefuseStrangersAsync(wanted.Cgroups[0].Cgroup, cancellation);
        Try(() =>
        {
            store.Install(wanted, force);
            return true;
        });
    }

    /// <summary>Only where it <see cref="Holds"/>.</summary>
    public EbpfStatus Status() => Try(() => Directory.Exists(_layout.Pod(pod.Cookie))
        ? EbpfStatusReader.Read(_layout, pod.Cookie, pod.Inode)
        : throw new CaptureException($"another version of Intercept captures this pod, which is not read by this one: {string.Join(", ", _layout.OtherVersions().Select(layout => layout.Pod(pod.Cookie)))}"));

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (BpfException failure)
        {
            throw new CaptureException(failure.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"what is pinned on bpffs cannot be changed: {failure.Message}");
        }
    }

    private Enrolment Wanted(CapturePlan plan)
    {
        var configuration = plan.Configuration;
        var entries = EbpfPlan.Create(
            configuration, id: 0, [.. pod.Addresses, .. plan.Routing.LoopbackAddresses.Select(address => address.Network)], pod.Interfaces);
        if (plan.Routing.LocalRanges.Contains(EbpfPlan.DnsAliases))
        {
            entries = entries with { Pod = entries.Pod with { Flags = entries.Pod.Flags | PodFlags.DnsAliases6 } };
        }

        entries = entries with { Pod = entries.Pod with { SourceIPv4 = SourceOf(ipv6: false), SourceIPv6 = SourceOf(ipv6: true) } };

        // Without its cgroup a pod's listener could not be registered, nor its calls captured.
        var group = cgroup ?? throw new CaptureException("eBPF capture needs the pod's cgroup; name it with --cgroup");
        var programs = CaptureObject.ProgramsFor(entries.Pod.Flags);
        List<CgroupShare> shares = [new(group, programs)];
        if (settings.ProxyCgroup is { } path)
        {
            var proxy = Cgroup.Open(path);
            entries = entries with { Pod = entries.Pod with { ProxyCgroup = proxy.Inode } };
            shares = [new(group, [.. programs.Except(CaptureObject.ProxyPrograms)]), new(proxy, [.. programs.Intersect(CaptureObject.ProxyPrograms)])];
        }

        return new Enrolment(pod, shares, entries, CaptureImage.Read(settings.ObjectFile), configuration.CapturesInbound);
    }

    private MappedAddress SourceOf(bool ipv6) =>
        pod.Sources.Where(source => source.IsIPv6 == ipv6).Select(MappedAddress.Of).FirstOrDefault();

    // Their sockets pass no program: they would be neither captured nor refused. One that was only looking around is soon gone.
    private async Task RefuseStrangersAsync(Cgroup group, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (group.Outside(pod.Processes()) is { Count: > 0 } outside)
        {
            if (time.GetElapsedTime(started) > _passing)
            {
                throw new CaptureException($"these processes are in the network namespace and not in the cgroup {group.Path}, so that their connections would pass uncaptured:\n"
                    + string.Concat(outside.Select(process => $"  {process}\n"))
                    + "Move them into it (echo PID > .../cgroup.procs), or name a cgroup that holds them with --cgroup.");
            }

            await Task.Delay(_interval, time, cancellation);
        }
    }

    private void RequireBpffs()
    {
        if (!FileSystem.IsBpf(settings.Bpffs))
        {
            throw new CaptureException($"{settings.Bpffs} is not a mounted bpffs (--bpffs): mount -t bpf bpf {settings.Bpffs}; in a pod, a hostPath volume of the host's /sys/fs/bpf");
        }
    }
}
