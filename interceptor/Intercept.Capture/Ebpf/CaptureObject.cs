using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>What the programs of bpf/ are called, and in which order they take their places.</summary>
internal static class CaptureObject
{
    /// <summary>Programs of a cgroup that all its sockets pass, in the order in which they must be there: the last one begins to redirect.</summary>
    public static IReadOnlyList<string> OutboundPrograms { get; } =
        ["original_destination", "hand_over", "getpeername4", "getpeername6", "connect4", "connect6"];

    /// <summary>The program of a network namespace.</summary>
    public const string InboundProgram = "inbound";

    /// <inheritdoc cref="CaptureImage.Open"/>
    public static BpfObject Open(ulong inboundNetns = 0) => CaptureImage.BuiltIn.Open(inboundNetns);

    /// <returns>The place of a program in the order of attaching; -1 for one that is not of this object.</returns>
    public static int Order(string program) =>
        OutboundPrograms.Append(InboundProgram).Index().FirstOrDefault(entry => entry.Item == program, (Index: -1, Item: "")).Index;
}
