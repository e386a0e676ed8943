using System.Text;
using Google.Rpc;
using Intercept.Core.Problems;

namespace Intercept.Xds.Discovery;

/// <summary>What a NACK says.</summary>
internal static class Refusal
{
    // google.rpc.Code.
    private const int InvalidArgument = 3;

    // A server logs it whole, and for each proxy.
    private const int MaxLength = 4096;

    public static Problem UnknownType(string url) =>
        new("response", 0, "type_url", url, "is not known here", $"one of {string.Join(", ", TypeUrls.All.Select(TypeUrls.Of))}");

    public static Status Status(string text) => new() { Code = InvalidArgument, Message = text };

    /// <summary>Every reason as far as there is room, and how many more there are; null when there is none.</summary>
    public static string? Text(IReadOnlyList<Problem> problems)
    {
        var text = new StringBuilder();
        for (var i = 0; i < problems.Count; i++)
        {
            var problem = problems[i].ToString();
            if (i > 0 && text.Length + problem.Length > MaxLength)
            {
                return text.Append("; and ").Append(problems.Count - i).Append(" more").ToString();
            }

            text.Append(i > 0 ? "; " : "").Append(problem.Length > MaxLength ? string.Concat(problem.AsSpan(0, MaxLength), "...") : problem);
        }

        return text.Length > 0 ? text.ToString() : null;
    }
}
