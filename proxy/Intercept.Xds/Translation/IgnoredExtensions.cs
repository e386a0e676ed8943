using System.Collections.Frozen;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Wire;

namespace Intercept.Xds.Translation;

/// <summary>
/// The extensions that are accepted without effect, each with the reason why nobody loses anything. They come as their own
/// message or as a TypedStruct that names it.
/// </summary>
internal static class IgnoredExtensions
{
    private const string NoMetadataExchange = "metadata_exchange: peers are told apart by their certificates, and nothing else of them is asked for";
    private const string OwnStatistics = "stats: statistics have their own names and their own endpoint";

    private static readonly FrozenDictionary<(ExtensionPlace Place, string Type), string> _reasons = new Dictionary<(ExtensionPlace, string), string>
    {
        [(ExtensionPlace.NetworkFilter, "envoy.tcp.metadataexchange.config.MetadataExchange")] = NoMetadataExchange,
        [(ExtensionPlace.NetworkFilter, "stats.PluginConfig")] = OwnStatistics,
        [(ExtensionPlace.UpstreamFilter, "envoy.tcp.metadataexchange.config.MetadataExchange")] = NoMetadataExchange,
    }.ToFrozenDictionary();

    public static IEnumerable<KeyValuePair<(ExtensionPlace Place, string Type), string>> All => _reasons;

    /// <summary>Whether something may be read of that type at all, wherever that is: the translation knows the place.</summary>
    public static bool IsKnown(string typeName) => _reasons.Keys.Any(key => key.Type == typeName);

    /// <summary>True for an extension without effect; noted.</summary>
    public static bool TryIgnore(Any config, ExtensionPlace place, TranslationScope scope, string path)
    {
        if (!_reasons.TryGetValue((place, TypedStructs.TypeName(config)), out var reason))
        {
            return false;
        }

        scope.Ignore(path, reason);
        return true;
    }

    /// <summary>Where nothing but extensions without effect may stand.</summary>
    public static void Check(Any? config, ExtensionPlace place, TranslationScope scope, string path)
    {
        var configPath = $"{path}.typed_config";
        var allowed = string.Join(", ", _reasons.Keys.Where(key => key.Place == place).Select(key => key.Type));
        if (config is null)
        {
            scope.Missing(configPath, allowed);
        }
        else if (!TryIgnore(config, place, scope, configPath))
        {
            scope.Report($"{configPath}.@type", TypedStructs.TypeName(config), "is not supported", allowed);
        }
    }
}
