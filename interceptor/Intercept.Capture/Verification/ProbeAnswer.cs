using System.Globalization;

namespace Intercept.Capture.Verification;

/// <summary>What became of one probe, as a line on the child's standard output.</summary>
/// <param name="Port">The proxy's port that got the connection; 0 when it was not captured.</param>
/// <param name="OriginalDestination">What the listener saw, or "" when no listener of ours answered.</param>
/// <param name="Detail">One word for a person: token, table, connected, refused, timeout, unreachable.</param>
internal readonly record struct ProbeAnswer(ushort Port, string OriginalDestination, string Detail)
{
    public override string ToString() =>
        $"{Port.ToString(CultureInfo.InvariantCulture)} {(OriginalDestination.Length == 0 ? "-" : OriginalDestination)} {Detail}";

    public static ProbeAnswer Parse(string line)
    {
        var fields = line.Split(' ', 3);
        return fields.Length == 3 && ushort.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new ProbeAnswer(port, fields[1] == "-" ? "" : fields[1], fields[2])
            : throw new FormatException($"'{line}' is not a probe answer");
    }
}
