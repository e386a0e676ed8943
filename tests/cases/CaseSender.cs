namespace Intercept.Tests.Cases;

/// <summary>Who sends: a process in the pod, as this uid and gid and without supplementary groups, or a process outside.</summary>
/// <param name="IsLocal">In the pod.</param>
public sealed record CaseSender(string Name, bool IsLocal, uint Uid, uint Gid)
{
    public static CaseSender App { get; } = new("app", true, 5000, 5000);

    /// <summary>An application process of another group.</summary>
    public static CaseSender Member { get; } = new("member", true, 5000, 2001);

    public static CaseSender Proxy { get; } = new("proxy", true, 1337, 1337);

    /// <summary>A proxy only where the configuration says 1338.</summary>
    public static CaseSender OtherProxy { get; } = new("proxy2", true, 1338, 1338);

    /// <summary>The proxy's uid with the application's gid.</summary>
    public static CaseSender ByUid { get; } = new("uid", true, 1337, 5000);

    /// <summary>The proxy's gid with the application's uid.</summary>
    public static CaseSender ByGid { get; } = new("gid", true, 5000, 1337);

    /// <summary>The proxy, from 127.0.0.6 or ::6.</summary>
    public static CaseSender Passthrough { get; } = new("passthrough", true, 1337, 1337);

    /// <summary>The proxy, with SO_MARK set to <see cref="CaseWorld.TproxyMark"/>.</summary>
    public static CaseSender Marked { get; } = new("marked", true, 1337, 1337);

    public static CaseSender Peer { get; } = new("peer", false, 0, 0);

    /// <summary>The peer, with a SYN+ACK that answers nothing.</summary>
    public static CaseSender Stray { get; } = new("stray", false, 0, 0);

    public static CaseSender Guest { get; } = new("guest", false, 0, 0);
}
