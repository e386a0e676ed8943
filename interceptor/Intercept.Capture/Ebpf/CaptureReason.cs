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
    InCaptured = 16,
    InLoopback = 17,
    InExcludedPort = 18,
    InExcludedSource = 19,
    InNotIncluded = 20,
    InNoListenerPassed = 21,
    InNoListenerRefused = 22,

    /// <summary>The listener does not take this family.</summary>
    InUnfitListenerRefused = 23,

    /// <summary>A listener found no free slot; those that have one stand for it.</summary>
    ListenerNotRegistered = 24,
}
