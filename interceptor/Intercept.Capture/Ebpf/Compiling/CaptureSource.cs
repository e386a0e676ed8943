namespace Intercept.Capture.Ebpf.Compiling;

/// <summary>The C of bpf/, as it was when this program was built.</summary>
internal static class CaptureSource
{
    public const string Main = "capture.bpf.c";

    private const string Prefix = "bpf/";

    public static IReadOnlyList<string> Files { get; } =
        [.. typeof(CaptureSource).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..])];

    public static async Task WriteAsync(string directory, CancellationToken cancellation)
    {
        foreach (var name in Files)
        {
            await using var resource = typeof(CaptureSource).Assembly.GetManifestResourceStream(Prefix + name)!;
            await using var file = new FileStream(Path.Combine(directory, name), FileMode.CreateNew);
            await resource.CopyToAsync(file, cancellation);
        }
    }
}
