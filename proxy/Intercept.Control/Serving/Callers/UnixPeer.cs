namespace Intercept.Control.Serving.Callers;

/// <summary>SO_PEERCRED: who connected, as the kernel knows.</summary>
internal readonly record struct UnixPeer(int ProcessId, uint UserId, uint GroupId);
