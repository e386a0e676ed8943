using System.Collections.Frozen;
using System.Text;

namespace Intercept.Core.Outcomes;

/// <summary>The published name of a close reason, and the side it blames.</summary>
public static class CloseReasons
{
    private static readonly FrozenDictionary<CloseReason, string> _labels =
        Enum.GetValues<CloseReason>().ToFrozenDictionary(reason => reason, reason => SnakeCase(reason.ToString()));

    /// <summary>downstream_closed, tls_upstream_peer_refused, ...: log and metric label.</summary>
    public static string Label(this CloseReason reason) => _labels[reason];

    public static Blame DefaultBlame(this CloseReason reason) => (ushort)reason switch
    {
        0 => Blame.None,
        < 200 => Blame.Downstream,
        < 300 => Blame.Upstream,
        < 400 => Blame.Policy,
        < 410 => Blame.Downstream,
        < 500 => Blame.Upstream,
        < 600 => Blame.Operator,
        _ => Blame.Proxy,
    };

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
