using System.Collections.Immutable;

namespace Intercept.Tests.Cases;

/// <summary>The one table that drives the goldens, the model and real connections under every backend.</summary>
public static class CaptureCases
{
    public static ImmutableArray<CaptureCase> All { get; } =
    [
        .. DestinationCases.All, .. InboundCases.All, .. IdentityCases.All, .. InterfaceCases.All,
        .. DnsCases.All, .. TproxyCases.All, .. LinkerdCases.All, .. UdpCases.All,
    ];

    public static CaptureCase Named(string name) => All.Single(candidate => candidate.Name == name);
}
