namespace Intercept.Tests.Cases;

public enum CaseOutcome
{
    /// <summary>Arrives where it was sent.</summary>
    Passed,

    /// <summary>Arrives at the proxy's outbound port.</summary>
    Outbound,

    /// <summary>Arrives at the proxy's inbound port.</summary>
    Inbound,

    /// <summary>Arrives at the proxy's DNS port.</summary>
    Dns,

    /// <summary>Arrives nowhere.</summary>
    Dropped,

    /// <summary>Arrives nowhere, and the sender sees an error.</summary>
    Refused,

    /// <summary>Arrives where it was sent, and the UDP policy has counted it.</summary>
    Counted,
}
