using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests;

/// <summary>What a manifest says that it is.</summary>
internal sealed record ManifestType(string Group, string Version, string Kind)
{
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Deployment.apps, as kubectl names kinds.</summary>
    public string Name => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    public static ManifestType? Of(MappingNode mapping, ManifestType? listed)
    {
        var apiVersion = Text(mapping, "apiVersion");
        var kind = Text(mapping, "kind");
        if (apiVersion is null && kind is null && listed is not null && listed.Kind.Length > 0)
        {
            return listed;
        }

        if (string.IsNullOrEmpty(apiVersion) || string.IsNullOrEmpty(kind))
        {
            return null;
        }

        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return new ManifestType(slash < 0 ? "" : apiVersion[..slash], apiVersion[(slash + 1)..], kind);
    }

    public bool Is(UnreadKind unread) => unread.Kind == Kind && unread.Group == Group;

    /// <summary>
    /// A kind that is not in its group, or a group that is not known of a kind that is: a typing error would otherwise be
    /// passed over as the business of others, and with it the policy that it is in. Null when it is theirs.
    /// </summary>
    public (string Field, string Allowed)? Misspelled()
    {
        if (ManifestKinds.OwnGroups.Contains(Group) || Group.Length == 0)
        {
            var kinds = ManifestKinds.All.Where(kind => kind.Group == Group).Select(kind => kind.Kind).ToList();
            var nearest = NearestName.Find(Kind, kinds);

            // The core has kinds that are nobody's business here, some of them near: only a letter's case is no other kind.
            if (Group.Length == 0)
            {
                nearest = kinds.Find(kind => kind.Equals(Kind, StringComparison.OrdinalIgnoreCase));
                return nearest is null ? null : ("kind", nearest);
            }

            return Group == "discovery.k8s.io" && nearest is null ? null : ("kind", nearest ?? string.Join(", ", kinds));
        }

        var meant = NearestName.Find(Group, ManifestKinds.OwnGroups);
        return meant is not null && ManifestKinds.All.Any(kind => kind.Kind == Kind && kind.Group == meant) ? ("apiVersion", $"{meant}/VERSION") : null;
    }

    private static string? Text(MappingNode mapping, string name) =>
        mapping.Entries.FirstOrDefault(entry => entry.Key == name).Value is ScalarNode { IsNull: false } scalar ? scalar.Text : null;
}
