namespace Intercept.Capture.Ebpf.Compiling;

/// <param name="File">Where the object goes; null to write nothing.</param>
/// <param name="Load">Whether the kernel has to take it first.</param>
/// <param name="SearchPath">The PATH to find clang on; null for the usual directories.</param>
public sealed record CompileSettings(string? File, bool Load, string? SearchPath)
{
    public const string StandardFile = "/var/lib/intercept/capture.bpf.o";
}
