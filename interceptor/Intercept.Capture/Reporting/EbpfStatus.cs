namespace Intercept.Capture.Reporting;

/// <summary>What the kernel says of the programs that capture a pod.</summary>
/// <param name="Version">Of Intercept, which attached them.</param>
/// <param name="ObjectHash">SHA-256 of the object that they are from.</param>
/// <param name="Cgroups">The numbers of the cgroups whose sockets pass them.</param>
/// <param name="Problems">What is missing or dead; empty where everything is in its place.</param>
/// <param name="Counters">Connections and datagrams since enrolment, by what became of them; none that is 0.</param>
public sealed record EbpfStatus(
    string Version, string ObjectHash, DateTimeOffset Since, IReadOnlyList<ulong> Cgroups, IReadOnlyList<string> Problems, IReadOnlyDictionary<string, ulong> Counters);
