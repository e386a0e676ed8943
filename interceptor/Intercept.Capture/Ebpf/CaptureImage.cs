using Intercept.Capture.Execution;
using Intercept.Linux.Bpf;

namespace Intercept.Capture.Ebpf;

/// <summary>A compiled object as bytes: the one that was embedded at build time, or what `intercept-init compile` made here.</summary>
/// <param name="Source">For people: "the built-in object" or its path.</param>
/// <param name="Hash">SHA-256, hexadecimal.</param>
internal sealed record CaptureImage(byte[] Bytes, string Source, string Hash)
{
    private const string Resource = "capture.bpf.o";

    public static CaptureImage BuiltIn { get; } = Of(ReadResource(), "the built-in object");

    /// <param name="path">Null for the built-in one.</param>
    public static CaptureImage Read(string? path)
    {
        if (path is null)
        {
            return BuiltIn;
        }

        try
        {
            return Of(File.ReadAllBytes(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"the eBPF object {path} cannot be read (--ebpf-object): {failure.Message}");
        }
    }

    public static CaptureImage Of(byte[] bytes, string source) => new(bytes, source, ObjectDigest.Of(bytes));

    /// <param name="inboundNetns">Whose connections <see cref="CaptureObject.InboundProgram"/> steers: the cookie of a network namespace.</param>
    public BpfObject Open(ulong inboundNetns = 0)
    {
        var opened = BpfObject.Open(Bytes, "intercept");
        opened.SetConstants(".rodata.settings", inboundNetns);
        return opened;
    }

    private static byte[] ReadResource()
    {
        using var stream = typeof(CaptureImage).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded");
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }
}
