namespace Intercept.Capture.Reporting;

/// <summary>One connection or datagram, as a program in the kernel told of it.</summary>
/// <param name="Time">When.</param>
/// <param name="Namespace">The cookie of the network namespace.</param>
/// <param name="Reason">What became of it: the name of its counter.</param>
/// <param name="Peer">Where to; for what comes from outside, from where.</param>
/// <param name="Process">0 for what comes from outside.</param>
public sealed record ObservedEvent(DateTimeOffset Time, ulong Namespace, string Reason, string Peer, uint Process, string Command, uint Uid);
