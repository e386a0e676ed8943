using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Reading;

/// <summary>The forms of names and values that Kubernetes and Istio share.</summary>
internal static class Forms
{
    private const int LongestLabel = 63;
    private const int LongestName = 253;

    private static readonly SearchValues<char> _labelLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public static TextForm Any { get; } = new(_ => true, "", "");

    public static TextForm NotEmpty { get; } = new(text => text.Length > 0, "is empty", "text");

    public static TextForm Label { get; } = new(
        IsLabel, "is not a DNS label", "1 to 63 of a-z, 0-9 and '-', a letter or digit at both ends");

    public static TextForm Name { get; } = new(
        IsSubdomain, "is not a Kubernetes name", "DNS labels of a-z, 0-9 and '-', joined by '.', up to 253 characters");

    public static TextForm LabelKey { get; } = new(
        IsLabelKey, "is not a label key", "NAME or PREFIX/NAME, the name 1 to 63 of letters, digits, '-', '_' and '.', the prefix a DNS name");

    public static TextForm LabelValue { get; } = new(
        text => text.Length == 0 || IsQualifiedName(text), "is not a label value", "up to 63 of letters, digits, '-', '_' and '.', a letter or digit at both ends");

    /// <summary>A host that something is sent to.</summary>
    public static TextForm Host { get; } = new(IsHost, "is not a host", "a DNS name such as web or web.shop.svc.cluster.local");

    /// <summary>A host, or all that end alike.</summary>
    public static TextForm HostPattern { get; } = new(
        text => text == "*" || IsHost(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text),
        "is not a host", "a DNS name, \"*.\" and the end of one, or \"*\"");

    public static TextForm AddressOrHost { get; } = new(
        text => NetAddress.TryParse(text, out _) || IsHost(text), "is neither an IP address nor a DNS name", "10.0.0.1, 2001:db8::1 or db.example.com");

    public static TextForm ExportTo { get; } = new(
        text => text is "." or "*" or "~" || IsLabel(text), "is not a namespace", "\".\" (its own), \"*\" (all), \"~\" (none) or the name of a namespace");

    /// <summary>Exact, or with one "*" at either end.</summary>
    public static TextForm Pattern { get; } = new(
        IsPattern, "has a '*' where it stands for nothing", "text, with a '*' at its start or at its end, or \"*\" alone");

    public static TextForm Regex { get; } = new(IsRegex, "is not a regular expression", "RE2 syntax");

    public static ParsedForm<NetAddress> Address { get; } = new(
        (string text, out NetAddress value) => NetAddress.TryParse(text, out value), "is not an IP address", "10.0.0.1 or 2001:db8::1");

    public static ParsedForm<Cidr> Block { get; } = new(
        (string text, out Cidr value) => Cidr.TryParse(text, out value), "is not an IP block", "10.0.0.0/8, 2001:db8::/32 or a single address");

    public static ParsedForm<int> PortText { get; } = new(
        (string text, out int value) => TryParsePort(text, out value), "is not a port", "a number from 1 to 65535, in quotes");

    public static ParsedForm<TimeSpan> Duration { get; } = new(
        (string text, out TimeSpan value) => GoDuration.TryParse(text, out value) && value >= TimeSpan.Zero,
        "is not a duration", "numbers with ms, s, m or h, such as 5s, 1.5s or 1h30m");

    public static bool TryParsePort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65536;

    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= LongestLabel && !text.AsSpan().ContainsAnyExcept(_labelLetters) && text[0] != '-' && text[^1] != '-';

    private static bool IsSubdomain(string text) => text.Length is > 0 and <= LongestName && text.Split('.').All(IsLabel);

    // Hosts are compared without regard to case, and service names of other worlds have '_'.
    private static bool IsHost(string text) =>
        text.Length is > 0 and <= LongestName && text.ToLowerInvariant().Replace('_', '-').Split('.').All(label => IsLabel(label.Trim('-')) && label.Length <= LongestLabel);

    private static bool IsLabelKey(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? IsQualifiedName(text) : IsSubdomain(text[..slash]) && IsQualifiedName(text[(slash + 1)..]);
    }

    private static bool IsQualifiedName(string text) =>
        text.Length is > 0 and <= LongestLabel && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]);

    private static bool IsPattern(string text)
    {
        var star = text.IndexOf('*', StringComparison.Ordinal);
        return text.Length > 0 && (star < 0 || text == "*" || (text.Count(c => c == '*') == 1 && (star == 0 || star == text.Length - 1)));
    }

    private static bool IsRegex(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
