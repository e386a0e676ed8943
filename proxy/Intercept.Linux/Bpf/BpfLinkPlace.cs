namespace Intercept.Linux.Bpf;

/// <param name="Program">The number that the kernel gave the program; every load gets a new one.</param>
/// <param name="Target">The inode of the cgroup's directory or of the network namespace; 0 where that is gone.</param>
public readonly record struct BpfLinkPlace(uint Program, ulong Target);
