namespace Intercept.Capture.Ebpf;

/// <summary>enum reason of bpf/types.h: why a connection went where it went.</summary>
internal enum CaptureReason
{
    OutCaptured = 0,
    OutExcludedPort = 1,
    OutProxy = 2,
    OutExcludedGroup = 3,
    OutGroupNotIncluded = 4,
    OutLocal = 5,
    OutExcludedRange = 6,
    OutNotIncluded = 7,
    OutBoundDevicePassed = 8,
    OutBoundDeviceRefused = 9,
    OutNoStorageRefused = 10,
    OutSelfCall = 11,
    OutPassthrough = 12,

    /// <summary>A connection, a connected datagram socket or a datagram for the proxy's resolver.</summary>
    OutDns = 13,

    /// <summary>The answer could not have said which resolver was asked.</summary>
    OutDnsRefused = 14,

    /// <summary>A datagram, or a datagram socket that connects.</summary>
    OutUdpPassed = 15,
    OutUdpRefused = 16,

    /// <summary>Asked for: the proxy does not listen.</summary>
    OutNoListenerPassed = 17,
    InCaptured = 24,
    InLoopback = 25,
    InExcludedPort = 26,
    InExcludedSource = 27,
    InNotIncluded = 28,
    InNoListenerPassed = 29,
    InNoListenerRefused = 30,

    /// <summary>The listener does not take this family.</summary>
    InUnfitListenerRefused = 31,
    InExcludedInterface = 32,

    /// <summary>A listener found no free slot; those that have one stand for it.</summary>
    ListenerNotRegistered = 40,

    /// <summary>Somebody else wanted a port of the proxy.</summary>
    BindRefused = 41,

    /// <summary>Somebody else wanted to say who the client is.</summary>
    ClientAddressRefused = 42,

    /// <summary>Past the limit, or nobody reads.</summary>
    EventLost = 43,
}
