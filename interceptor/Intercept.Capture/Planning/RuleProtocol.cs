namespace Intercept.Capture.Planning;

/// <summary>Numbered by IANA, as in the IP header.</summary>
public enum RuleProtocol
{
    Tcp = 6,
    Udp = 17,
}
