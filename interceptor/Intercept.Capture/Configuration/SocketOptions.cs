namespace Intercept.Capture.Configuration;

/// <summary>What only programs at the sockets can do, and packet rules cannot: asked for, it rules the others out.</summary>
/// <param name="PassBoundDevice">A socket that is bound to an interface cannot reach the proxy: it passes, where it would be refused.</param>
/// <param name="BypassUntilReady">While the proxy does not listen, connections pass it by, where they would be refused.</param>
/// <param name="GuardPorts">Nobody but the proxy may bind the proxy's ports.</param>
/// <param name="ClientAddress">The proxy may show the application its true client.</param>
/// <param name="EventsPerSecond">How many refused connections are told of one by one; 0 is none.</param>
/// <param name="ProxyMark">What the proxy's sockets are marked with (SO_MARK), in the bits of <paramref name="ProxyMarkMask"/>.</param>
/// <param name="ProxyMarkMask">0: the proxy is not known by a mark.</param>
public readonly record struct SocketOptions(
    bool PassBoundDevice, bool BypassUntilReady, bool GuardPorts, bool ClientAddress, uint EventsPerSecond, uint ProxyMark, uint ProxyMarkMask)
{
    /// <returns>The flags by which it was asked for.</returns>
    public IReadOnlyList<string> Flags()
    {
        (bool Asked, string Flag)[] flags =
        [
            (PassBoundDevice, "--bound-device pass"),
            (BypassUntilReady, "--bypass-until-ready"),
            (GuardPorts, "--guard-ports"),
            (ClientAddress, "--client-address"),
            (EventsPerSecond > 0, "--events-per-second"),
            (ProxyMarkMask != 0, "--proxy-mark"),
        ];
        return [.. flags.Where(flag => flag.Asked).Select(flag => flag.Flag)];
    }
}
