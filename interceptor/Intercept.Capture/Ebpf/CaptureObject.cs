using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>The object that bpf/ was compiled to, and what its programs are called.</summary>
internal static class CaptureObject
{
    private const string Resource = "capture.bpf.o";

    /// <summary>Programs of a cgroup that all its sockets pass, in the order in which they must be there: the last one begins to redirect.</summary>
    public static IReadOnlyList<string> OutboundPrograms { get; } =
        ["original_destination", "hand_over", "getpeername4", "getpeername6", "connect4", "connect6"];

    /// <summary>The program of a network namespace.</summary>
    public const string InboundProgram = "inbound";

    /// <param name="inboundNetns">Whose connections <see cref="InboundProgram"/> steers: the cookie of a network namespace.</param>
    public static BpfObject Open(ulong inboundNetns = 0)
    {
        var opened = BpfObject.Open(Read(), "intercept");
        opened.SetConstants(".rodata.settings", inboundNetns);
        return opened;
    }

    private static byte[] Read()
    {
        using var stream = typeof(CaptureObject).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded");
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }
}
