using System.Runtime.InteropServices;

namespace Intercept.Linux;

// struct epoll_event is packed on x86-64 and naturally aligned elsewhere; only x86-64 is built.
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct EpollEvent(uint Events, ulong Token);
