namespace Intercept.Capture.Ebpf.Compiling;

/// <summary>What was compiled.</summary>
/// <param name="File">Where it lies now; null where it was only checked.</param>
/// <param name="Hash">SHA-256, hexadecimal.</param>
/// <param name="Loads">Whether the kernel took it; null where it was not asked.</param>
public sealed record CompiledObject(string? File, int Bytes, string Hash, bool? Loads, TimeSpan Took);
