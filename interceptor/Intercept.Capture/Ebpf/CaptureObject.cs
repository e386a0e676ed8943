using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>What the programs of bpf/ are called, and in which order they take their places.</summary>
internal static class CaptureObject
{
    // In the order in which they must be there: the last ones begin to redirect.
    private static readonly (string Name, PodFlags Wanted)[] _ofCgroup =
    [
        ("original_destination", PodFlags.None),
        ("present_client", PodFlags.ClientAddress),
        ("hand_over", PodFlags.None),
        ("bind4", PodFlags.GuardPorts),
        ("bind6", PodFlags.GuardPorts),
        ("getpeername4", PodFlags.None),
        ("getpeername6", PodFlags.None),
        ("recvmsg4", Datagrams),
        ("recvmsg6", Datagrams),
        ("sendmsg4", Datagrams),
        ("sendmsg6", Datagrams),
        ("connect4", PodFlags.None),
        ("connect6", PodFlags.None),
    ];

    private const PodFlags Datagrams = PodFlags.Dns | PodFlags.UdpCount | PodFlags.UdpRefuse;

    /// <summary>Of these, those that only the proxy's own sockets need: asked at every getsockopt(2) or setsockopt(2), they double what such a call costs.</summary>
    public static IReadOnlyList<string> ProxyPrograms { get; } = ["original_destination", "present_client"];

    /// <summary>Programs of a cgroup that all its sockets pass, whatever is captured.</summary>
    public static IReadOnlyList<string> OutboundPrograms { get; } = ProgramsFor(PodFlags.None);

    /// <summary>Records of <see cref="CaptureEvent"/>.</summary>
    public const string Events = "events";

    /// <summary>The program of a network namespace.</summary>
    public const string InboundProgram = "inbound";

    /// <inheritdoc cref="CaptureImage.Open"/>
    public static BpfObject Open(ulong inboundNetns = 0) => CaptureImage.BuiltIn.Open(inboundNetns);

    /// <summary>
    /// With those that only some pods need. Where a pod needs none of them they return at once, but sending a datagram is so frequent that
    /// they are better not there at all.
    /// </summary>
    public static IReadOnlyList<string> ProgramsFor(PodFlags flags) =>
        [.. _ofCgroup.Where(program => program.Wanted == PodFlags.None || (program.Wanted & flags) != 0).Select(program => program.Name)];

    /// <returns>The place of a program in the order of attaching; -1 for one that is not of this object.</returns>
    public static int Order(string program) =>
        _ofCgroup.Select(program => program.Name).Append(InboundProgram).Index().FirstOrDefault(entry => entry.Item == program, (Index: -1, Item: "")).Index;
}
