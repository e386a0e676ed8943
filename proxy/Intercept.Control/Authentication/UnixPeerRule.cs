using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Intercept.Core.Identity;
using Intercept.Linux.Processes;

namespace Intercept.Control.Authentication;

/// <summary>Which user's processes are which workload: `uid=1337[,gid=1337] spiffe://...`.</summary>
internal sealed record UnixPeerRule(uint UserId, uint? GroupId, SpiffeId Identity)
{
    private const string Form = "uid=NUMBER[,gid=NUMBER] spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT";

    public bool Matches(PeerCredentials peer) => peer.IsMapped && peer.UserId == UserId && (GroupId is null || peer.GroupId == GroupId);

    /// <param name="why">A clause with the allowed form.</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out UnixPeerRule? rule, [NotNullWhen(false)] out string? why)
    {
        rule = null;
        why = $"is no rule; allowed: {Form}";
        var trimmed = text.Trim();
        var space = trimmed.IndexOf(' ');
        if (space < 0)
        {
            return false;
        }

        if (!SpiffeId.TryParse(trimmed[space..].Trim(), out var identity) || identity.Path.IsEmpty)
        {
            why = $"does not end in a workload's SPIFFE ID; allowed: {Form}";
            return false;
        }

        uint? user = null;
        uint? group = null;
        foreach (var part in trimmed[..space].Split(','))
        {
            var condition = trimmed[part];
            var equals = condition.IndexOf('=');
            if (equals < 0 || !uint.TryParse(condition[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            switch (condition[..equals])
            {
                case "uid" when user is null:
                    user = number;
                    break;
                case "gid" when group is null:
                    group = number;
                    break;
                default:
                    return false;
            }
        }

        if (user is null)
        {
            return false;
        }

        rule = new UnixPeerRule(user.Value, group, identity);
        why = null;
        return true;
    }
}
