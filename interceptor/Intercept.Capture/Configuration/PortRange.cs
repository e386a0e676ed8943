using System.Globalization;

namespace Intercept.Capture.Configuration;

/// <summary>Ports from <see cref="First"/> to <see cref="Last"/>, both included; port 0 names no service and is refused.</summary>
public readonly record struct PortRange
{
    public PortRange(ushort first, ushort last)
    {
        ArgumentOutOfRangeException.ThrowIfZero(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        First = first;
        Last = last;
    }

    public ushort First { get; }

    public ushort Last { get; }

    public bool IsSinglePort => First == Last;

    public static PortRange Of(ushort port) => new(port, port);

    public bool Contains(ushort port) => port >= First && port <= Last;

    public bool Overlaps(PortRange other) => First <= other.Last && other.First <= Last;

    /// <summary>"80" or "8000-8010".</summary>
    public override string ToString() =>
        IsSinglePort
            ? First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}
