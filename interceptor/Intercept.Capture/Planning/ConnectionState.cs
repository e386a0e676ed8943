namespace Intercept.Capture.Planning;

/// <summary>What conntrack says about a packet.</summary>
[Flags]
public enum ConnectionState
{
    None = 0,
    Invalid = 1,
    Established = 2,
    Related = 4,
    New = 8,
}
