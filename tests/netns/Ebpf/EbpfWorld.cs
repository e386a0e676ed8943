using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Core.Addressing;
using Intercept.Linux.Bpf;
using Intercept.Linux.Processes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>The pod and its peer of the capture tests, with a scratch cgroup in which the pod's processes live and the real programs attached.</summary>
public sealed class EbpfWorld : IAsyncLifetime
{
    public const int OutboundPort = 15001;
    public const int InboundPort = 15006;
    private const uint PodId = 7;

    private static int _count;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"icept-ebpf-{Environment.ProcessId}-{(char)('a' + Interlocked.Increment(ref _count))}");

    private readonly List<(string Program, BpfLink Link)> _links = [];
    private BpfObject? _object;
    private Pod _pod;

    public ulong Cookie { get; private set; }

    public string Name => _name;

    public string PodNetns => $"{_name}-pod";

    public string PeerNetns => $"{_name}-peer";

    internal ControlGroups Groups { get; private set; } = null!;

    internal BpfMap<ulong, Pod> Pods { get; private set; } = null!;

    internal BpfObject Loaded => _object!;

    private BpfMap<ulong, Counters> Counted { get; set; } = null!;

    private BpfMap<PortRule, uint> PortRules { get; set; } = null!;

    private BpfMap<RangeRule, uint> RangeRules { get; set; } = null!;

    private BpfMap<OwnerRule, uint> OwnerRules { get; set; } = null!;

    public async Task InitializeAsync()
    {
        if (Lacking() is not null)
        {
            return;
        }

        await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "up", _name);
        Groups = ControlGroups.Create(_name);
        Cookie = ulong.Parse(await RunAsync(PodNetns, null, "cookie"), CultureInfo.InvariantCulture);
        _object = CaptureObject.Open(Cookie);
        _object.Load();
        Pods = _object.Map<ulong, Pod>("pods");
        Counted = _object.Map<ulong, Counters>("pod_counters");
        PortRules = _object.Map<PortRule, uint>("port_rules");
        RangeRules = _object.Map<RangeRule, uint>("range_rules");
        OwnerRules = _object.Map<OwnerRule, uint>("owner_rules");
        using var cgroup = AdvisoryLock.Open(Groups.Root);
        using var netns = AdvisoryLock.Open($"/run/netns/{PodNetns}");
        foreach (var program in CaptureObject.OutboundPrograms)
        {
            _links.Add((program, _object.Attach(program, cgroup)));
        }

        _links.Add((CaptureObject.InboundProgram, _object.Attach(CaptureObject.InboundProgram, netns)));
    }

    public async Task DisposeAsync()
    {
        if (Lacking() is not null)
        {
            return;
        }

        foreach (var held in (IDisposable?[])[.. _links.Select(link => link.Link), Pods, Counted, PortRules, RangeRules, OwnerRules, _object, Groups])
        {
            held?.Dispose();
        }

        await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "down", _name);
    }

    /// <summary>Skips a test here with what the machine lacks. A failure to load is none of that: it fails.</summary>
    internal static void Need() => Skip.If(Lacking() is not null, Lacking());

    /// <summary>Enrols the pod anew: everything captured, the proxy known by uid 1337, its own addresses local, counters at zero.</summary>
    internal void Enrol(PodFlags flags)
    {
        Clear(PortRules);
        Clear(RangeRules);
        Clear(OwnerRules);
        _pod = new Pod { Id = PodId, Flags = flags, OutboundPort = OutboundPort, InboundPort = InboundPort };
        Add(RuleKind.UidProxy, 1337);
        foreach (var local in new[] { "127.0.0.0/8", "::1/128", "10.77.0.2/32", "fd77::2/128" })
        {
            Add(RuleKind.RangeLocal, local);
        }

        Counted.Set(Cookie, default);
        Change(pod => pod);
    }

    internal void Change(Func<Pod, Pod> change)
    {
        _pod = change(_pod);
        Pods.Set(Cookie, _pod);
    }

    internal void Add(RuleKind kind, string range)
    {
        RangeRules.Set(RangeRule.Of(PodId, kind, Cidr.Parse(range)), 1);
        HasRules(kind);
    }

    internal void Add(RuleKind kind, uint owner)
    {
        OwnerRules.Set(OwnerRule.Of(PodId, kind, owner), 1);
        HasRules(kind);
    }

    internal void AddPort(RuleKind kind, ushort port, int bits = 16)
    {
        PortRules.Set(PortRule.Of(PodId, kind, port, bits), 1);
        HasRules(kind);
    }

    /// <summary>Each at a name like its program's; nothing of this process holds them any more.</summary>
    internal void PinLinks(Func<string, string> at)
    {
        foreach (var (program, link) in _links)
        {
            link.Pin(at(program));
            link.Dispose();
        }

        _links.Clear();
    }

    internal ulong Count(CaptureReason reason) =>
        Counted.GetPerCpu(Cookie).Aggregate(0UL, (sum, counters) => sum + counters[(int)reason]);

    /// <summary>The proxy, in its own cgroup.</summary>
    internal Task<Server> StartProxyAsync() =>
        Server.StartAsync(PodNetns, Groups.Proxy, ("outbound", "::", OutboundPort), ("inbound", "::", InboundPort));

    internal Task<Server> StartAppAsync(params int[] ports) =>
        Server.StartAsync(PodNetns, Groups.App, ports.Select(port => ("app", "::", port)));

    internal Task<Server> StartPeerAsync(params int[] ports) =>
        Server.StartAsync(PeerNetns, null, ports.Select(port => ("peer", "::", port)));

    /// <summary>A process of the application connects.</summary>
    internal Task<Seen> CallAsync(string to, int port, JsonObject? details = null) => CallAsync(PodNetns, Groups.App, to, port, details);

    internal Task<Seen> CallFromPeerAsync(string to, int port, JsonObject? details = null) => CallAsync(PeerNetns, null, to, port, details);

    internal async Task<Seen> CallAsync(string netns, string? cgroup, string to, int port, JsonObject? details = null)
    {
        var wanted = details ?? [];
        wanted["to"] = to;
        wanted["port"] = port;
        return JsonSerializer.Deserialize<Seen>(await RunAsync(netns, cgroup, "call", wanted.ToJsonString()))!;
    }

    internal async Task<Dictionary<string, Seen>> CallManyAsync(string to, int firstPort, int count)
    {
        var wanted = new JsonObject { ["to"] = to, ["ports"] = new JsonArray(firstPort, count) };
        return JsonSerializer.Deserialize<Dictionary<string, Seen>>(await RunAsync(PodNetns, Groups.App, "call", wanted.ToJsonString()))!;
    }

    private static string? Lacking() => (ControlGroups.Mount(), Environment.IsPrivilegedProcess) switch
    {
        (null, _) => "cgroup2 is not mounted here",
        (_, false) => "attaching programs needs root",
        _ => null,
    };

    private static Task<string> RunAsync(string netns, string? cgroup, params string[] arguments) =>
        Programs.MustAsync("sh", Meeting.Command(netns, cgroup, arguments));

    private static void Clear<TKey>(BpfMap<TKey, uint> map)
        where TKey : unmanaged
    {
        foreach (var key in map.Keys())
        {
            map.Remove(key);
        }
    }

    private void HasRules(RuleKind kind)
    {
        _pod.Rules |= 1U << (int)kind;
        Pods.Set(Cookie, _pod);
    }
}
