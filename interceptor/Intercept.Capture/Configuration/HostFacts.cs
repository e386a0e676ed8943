namespace Intercept.Capture.Configuration;

/// <summary>What options refer to outside themselves; passed in, so that a test can set it.</summary>
/// <param name="FindUser">The uid of a user by name; null when there is none.</param>
/// <param name="FindGroup">The gid of a group by name; null when there is none.</param>
/// <param name="ResolvConf">The text of /etc/resolv.conf; empty when there is none.</param>
public sealed record HostFacts(Func<string, uint?> FindUser, Func<string, uint?> FindGroup, string ResolvConf);
