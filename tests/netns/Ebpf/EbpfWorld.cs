using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Core.Addressing;
using Intercept.Linux.Bpf;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>The pod and its peer of the capture tests, with a scratch cgroup in which the pod's processes live and the real programs attached.</summary>
public sealed class EbpfWorld : IAsyncLifetime
{
    public const int OutboundPort = 15001;
    public const int InboundPort = 15006;
    public const int DnsPort = 15053;
    private const uint PodId = 7;

    private static int _count;

    private readonly string _name = string.Create(
        CultureInfo.InvariantCulture, $"icept-ebpf-{Environment.ProcessId}-{(char)('a' + Interlocked.Increment(ref _count))}");

    private AttachedPrograms _programs = null!;
    private Pod _pod;

    public string Name => _name;

    public ulong Cookie => _programs.Cookie;

    public string PodNetns => $"{_name}-pod";

    public string PeerNetns => $"{_name}-peer";

    internal ControlGroups Groups { get; private set; } = null!;

    internal BpfMap<ulong, Pod> Pods => Maps.Pods;

    internal BpfObject Loaded => _programs.Loaded;

    private EbpfMaps Maps => _programs.Maps;

    public async Task InitializeAsync()
    {
        if (Lacking() is not null)
        {
            return;
        }

        await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "up", _name);
        Groups = ControlGroups.Create(_name);
        _programs = await AttachedPrograms.AttachAsync(PodNetns, Groups.Root);
    }

    public async Task DisposeAsync()
    {
        if (Lacking() is not null)
        {
            return;
        }

        _programs?.Dispose();
        Groups?.Dispose();
        await Programs.MustAsync(Path.Combine(Checkout.Probe, "world"), "down", _name);
    }

    /// <summary>Skips a test here with what the machine lacks. A failure to load is none of that: it fails.</summary>
    internal static void Need() => Skip.If(Lacking() is not null, Lacking());

    /// <summary>Enrols the pod anew: everything captured, the proxy known by uid 1337, its own addresses local, counters at zero.</summary>
    internal void Enrol(PodFlags flags)
    {
        Clear(Maps.Pods);
        Clear(Maps.Ports);
        Clear(Maps.Ranges);
        Clear(Maps.Owners);
        _pod = new Pod { Id = PodId, Flags = flags, OutboundPort = OutboundPort, InboundPort = InboundPort, DnsPort = DnsPort, TunnelPort = 15008 };
        Add(RuleKind.UidProxy, 1337);
        foreach (var local in new[] { "127.0.0.0/8", "::1/128", "10.77.0.2/32", "fd77::2/128" })
        {
            Add(RuleKind.RangeLocal, local);
        }

        Maps.Counters.Set(Cookie, default);
        Change(pod => pod);
    }

    /// <summary>The peer's namespace under the rules of the pod, until the pod is enrolled anew.</summary>
    internal async Task EnrolPeerTooAsync() =>
        Pods.Set(ulong.Parse(await RunAsync(PeerNetns, null, "cookie"), CultureInfo.InvariantCulture), _pod);

    internal void Change(Func<Pod, Pod> change)
    {
        _pod = change(_pod);
        Pods.Set(Cookie, _pod);
    }

    internal void Add(RuleKind kind, string range)
    {
        Maps.Ranges.Set(RangeRule.Of(PodId, kind, Cidr.Parse(range)), 1);
        HasRules(kind);
    }

    internal void Add(RuleKind kind, uint owner)
    {
        Maps.Owners.Set(OwnerRule.Of(PodId, kind, owner), 1);
        HasRules(kind);
    }

    internal void AddPort(RuleKind kind, ushort port, int bits = 16)
    {
        Maps.Ports.Set(PortRule.Of(PodId, kind, port, bits), 1);
        HasRules(kind);
    }

    internal void PinLinks(Func<string, string> at) => _programs.PinLinks(at);

    internal ulong Count(CaptureReason reason) => Maps.Count(Cookie, reason);

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

    internal async Task<Dictionary<string, Seen>> CallManyAsync(
        string to, int firstPort, int count, JsonObject? details = null, string? netns = null)
    {
        var wanted = details ?? [];
        wanted["to"] = to;
        wanted["ports"] = new JsonArray(firstPort, count);
        var answers = await RunAsync(netns ?? PodNetns, Groups.App, "call", wanted.ToJsonString());
        return JsonSerializer.Deserialize<Dictionary<string, Seen>>(answers)!;
    }

    /// <summary>A process of the application asks, all from one socket.</summary>
    /// <returns>Lines such as "10.96.0.53:53 by dns from 10.96.0.53:53".</returns>
    internal Task<string[]> AskAsync(JsonObject details, params IEnumerable<(string Address, int Port)> to) => RunAsync("ask", details, to);

    /// <summary>A process of the application binds.</summary>
    /// <returns>For each place an answer for TCP and one for UDP.</returns>
    internal Task<string[]> BindAsync(JsonObject details, params IEnumerable<(string Address, int Port)> to) => RunAsync("bind", details, to);

    /// <summary>A SYN+ACK from the peer that answers nothing.</summary>
    /// <returns>What comes back.</returns>
    internal async Task<string> SendStrayAsync(string from, string to, int port) =>
        (await RunAsync(PeerNetns, null, "stray", new JsonObject { ["from"] = from, ["to"] = to, ["port"] = port }.ToJsonString())).Trim();

    /// <summary>Connects from 127.0.0.1 to many ports, hundreds at once and none of them blocking, from source ports that are the same everywhere.</summary>
    /// <returns>How many answers of each kind: "outbound right" from those who were told where they had wanted to go.</returns>
    internal async Task<Dictionary<string, int>> SwarmAsync(string netns, string to, int count)
    {
        var wanted = new JsonObject { ["to"] = to, ["bind"] = "127.0.0.1", ["ports"] = new JsonArray(2000, count), ["offset"] = 20000 };
        return JsonSerializer.Deserialize<Dictionary<string, int>>(await RunAsync(netns, Groups.App, "swarm", wanted.ToJsonString()))!;
    }

    private static string? Lacking() => (ControlGroups.Mount(), Environment.IsPrivilegedProcess) switch
    {
        (null, _) => "cgroup2 is not mounted here",
        (_, false) => "attaching programs needs root",
        _ => null,
    };

    private static Task<string> RunAsync(string netns, string? cgroup, params string[] arguments) =>
        Programs.MustAsync("sh", Meeting.Command(netns, cgroup, arguments));

    private async Task<string[]> RunAsync(string what, JsonObject details, IEnumerable<(string Address, int Port)> to)
    {
        details["to"] = new JsonArray([.. to.Select(place => new JsonArray(place.Address, place.Port))]);
        return JsonSerializer.Deserialize<string[]>(await RunAsync(PodNetns, Groups.App, what, details.ToJsonString()))!;
    }

    private static void Clear<TKey, TValue>(BpfMap<TKey, TValue> map)
        where TKey : unmanaged
        where TValue : unmanaged
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
