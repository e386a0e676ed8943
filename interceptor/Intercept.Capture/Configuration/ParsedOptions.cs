using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>The command line and the environment sorted by option, unread.</summary>
/// <param name="Given">By name; what is not here has its default.</param>
/// <param name="Arguments">What is no flag.</param>
/// <param name="Problems">Unknown flags, missing values, flags given twice.</param>
public sealed record ParsedOptions(
    bool IsLinkerd,
    ImmutableDictionary<string, OptionValue> Given,
    ImmutableArray<string> Arguments,
    ImmutableArray<Problem> Problems)
{
    /// <summary>The same as a command line, in one form and order.</summary>
    public ImmutableArray<string> ToArguments() =>
    [
        .. IsLinkerd ? [$"--{CaptureOptionTable.LinkerdSwitch}"] : Array.Empty<string>(),
        .. Given.Where(entry => entry.Key != CaptureOptionTable.LinkerdSwitch).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"--{entry.Key}={entry.Value.Text}"),
    ];
}
