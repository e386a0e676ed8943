using System.Globalization;
using Intercept.Capture.Ebpf;
using Intercept.Linux.Bpf;
using Intercept.Linux.Processes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>The real object, loaded for one namespace and attached to it and to a cgroup.</summary>
internal sealed class AttachedPrograms : IDisposable
{
    private readonly List<(string Program, BpfLink Link)> _links = [];

    private AttachedPrograms(BpfObject loaded, ulong cookie)
    {
        Loaded = loaded;
        Cookie = cookie;
        Maps = new EbpfMaps(loaded);
    }

    public BpfObject Loaded { get; }

    public EbpfMaps Maps { get; }

    public ulong Cookie { get; }

    public static async Task<AttachedPrograms> AttachAsync(string netnsName, string cgroupDirectory)
    {
        var cookie = ulong.Parse(await Programs.MustAsync("sh", Meeting.Command(netnsName, null, "cookie")), CultureInfo.InvariantCulture);
        var loaded = CaptureObject.Open(cookie);
        loaded.Load();
        var attached = new AttachedPrograms(loaded, cookie);
        using var cgroup = AdvisoryLock.Open(cgroupDirectory);
        using var netns = AdvisoryLock.Open($"/run/netns/{netnsName}");
        foreach (var program in CaptureObject.ProgramsFor((PodFlags)uint.MaxValue))
        {
            attached._links.Add((program, loaded.Attach(program, cgroup)));
        }

        attached._links.Add((CaptureObject.InboundProgram, loaded.Attach(CaptureObject.InboundProgram, netns)));
        return attached;
    }

    /// <summary>Each at a name like its program's; nothing of this process holds them any more.</summary>
    public void PinLinks(Func<string, string> at)
    {
        foreach (var (program, link) in _links)
        {
            link.Pin(at(program));
            link.Dispose();
        }

        _links.Clear();
    }

    public void Dispose()
    {
        foreach (var (_, link) in _links)
        {
            link.Dispose();
        }

        Maps.Dispose();
        Loaded.Dispose();
    }
}
