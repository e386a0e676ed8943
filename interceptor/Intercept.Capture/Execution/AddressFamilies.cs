namespace Intercept.Capture.Execution;

/// <summary>The families that are worked on in turn, each named by whether it is IPv6.</summary>
internal static class AddressFamilies
{
    private static readonly bool[] _both = [false, true];
    private static readonly bool[] _onlyIPv4 = [false];

    public static IReadOnlyList<bool> Present(bool hasIPv6) => hasIPv6 ? _both : _onlyIPv4;
}
