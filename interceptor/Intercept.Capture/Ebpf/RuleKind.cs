namespace Intercept.Capture.Ebpf;

/// <summary>enum rule of bpf/types.h.</summary>
internal enum RuleKind
{
    PortOutExclude = 0,
    PortOutInclude = 1,
    PortInExclude = 2,
    PortInInclude = 3,

    /// <summary>What is reached over lo, and comes from over lo: loopback and the pod's own addresses.</summary>
    RangeLocal = 4,
    RangeOutExclude = 5,
    RangeOutInclude = 6,

    /// <summary>Sources, such as the kubelet's probes.</summary>
    RangeInExclude = 7,
    UidProxy = 8,
    GidProxy = 9,
    GroupExclude = 10,
    GroupInclude = 11,

    /// <summary>Left alone whoever calls, of what is reached over lo.</summary>
    RangeLoopback = 12,

    /// <summary>The proxy's calls to its own pod that do not enter the inbound listener.</summary>
    PortSelfExclude = 13,

    /// <summary>The resolvers whose port 53 is captured.</summary>
    RangeDns = 14,

    /// <summary>Numbers of interfaces: what comes in by one is left alone.</summary>
    InterfaceInExclude = 15,
}
