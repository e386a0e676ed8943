namespace Intercept.Tests.Cases;

/// <summary>Expectations that many configurations share.</summary>
internal static class Expect
{
    /// <summary>-i *: every TCP call of the application that leaves the pod.</summary>
    public const string AllOutbound =
        "app>service:*/tcp/* app>peer:*/tcp/* app>guest:*/tcp/* app>dns:*/tcp/* app>dns2:*/tcp/* member>service:*/tcp/* proxy2>service:* = outbound";

    /// <summary>The proxy, by uid or by gid, calls its own pod; 15008 has its own listener. 127.0.0.2 is not 127.0.0.1/32.</summary>
    public const string SelfCalls =
        "proxy>self:8080/* proxy>self:53/* proxy>localhost2:* uid>self:* gid>self:* marked>self:* = inbound";

    /// <summary>The proxy's resolver may ask an upstream in the pod.</summary>
    public const string DnsOfProxyPasses = "proxy>self:53/* gid>self:53/* = passed";

    /// <summary>-b *: every TCP connection from outside but HBONE.</summary>
    public const string AllInbound =
        "peer>pod:8080/* peer>pod:9090/* peer>pod:15020/* peer>pod:15021/* peer>pod:15090/* guest>* = inbound";

    /// <summary>-d 15090,15021,15020, as Istio's injector always writes it.</summary>
    public const string InjectedExcludes = "peer>pod:15020/* peer>pod:15021/* peer>pod:15090/* = passed";

    /// <summary>-m TPROXY: a marked call is the proxy's to the application, and an invalid packet is not kept from the listener.</summary>
    public const string Tproxy = "marked>self:* = passed";

    public const string StrayReachesListener = "stray>* = inbound";

    /// <summary>--redirect-dns with the resolvers of <see cref="CaptureCase.ResolvConf"/>.</summary>
    public const string Dns = "app>dns:* member>dns:* = dns";

    /// <summary>--capture-all-dns.</summary>
    public const string AllDns = "app>dns:* app>dns2:* app>stub:* app>self:53/* member>dns:* = dns";

    /// <summary>-k eth1 with -i *: whatever a guest behind it sends.</summary>
    public const string GuestIsOutbound = "guest>* = outbound";
}
