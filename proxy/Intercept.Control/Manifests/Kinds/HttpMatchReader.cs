using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>What an http route compares with texts.</summary>
internal static class HttpMatchReader
{
    public static HttpMatch Read(Fields fields)
    {
        fields.Warn("statPrefix", "has no effect: metrics have their own names");
        return new HttpMatch
        {
            Name = fields.Text("name"),
            Uri = fields.Object("uri", ReadText),
            IgnoreUriCase = fields.Flag("ignoreUriCase") ?? false,
            Scheme = fields.Object("scheme", ReadText),
            Method = fields.Object("method", ReadText),
            Authority = fields.Object("authority", ReadText),
            Headers = ReadTexts(fields, "headers"),
            WithoutHeaders = ReadTexts(fields, "withoutHeaders"),
            QueryParameters = ReadTexts(fields, "queryParams"),
            Port = fields.Port("port"),
            SourceLabels = fields.TextMap("sourceLabels", Forms.LabelKey, Forms.LabelValue),
            SourceNamespace = fields.Text("sourceNamespace", Forms.Label),
            Gateways = fields.Texts("gateways"),
        };
    }

    public static CorsPolicy ReadCors(Fields fields)
    {
        fields.Refuse("allowOrigin", "is no longer a field", "allowOrigins");
        return new CorsPolicy(
            fields.Objects("allowOrigins", ReadText),
            fields.Texts("allowMethods"),
            fields.Texts("allowHeaders"),
            fields.Texts("exposeHeaders"),
            fields.Duration("maxAge"),
            fields.Flag("allowCredentials"),
            fields.Choice("unmatchedPreflights", ("UNSPECIFIED", true), ("FORWARD", true), ("IGNORE", false)) || !fields.Has("unmatchedPreflights"));
    }

    private static TextMatch? ReadText(Fields fields)
    {
        if (ReadAnyText(fields) is not { } match)
        {
            return null;
        }

        if (!fields.Has("exact") && !fields.Has("prefix") && !fields.Has("regex"))
        {
            fields.Report("", null, "compares with nothing", "exact, prefix or regex");
        }

        return match;
    }

    // Of a header or a parameter it is enough that it is there: {}.
    private static TextMatch? ReadAnyText(Fields fields)
    {
        var matches = new List<TextMatch>();
        Add("exact", TextMatchKind.Exact, Forms.Any);
        Add("prefix", TextMatchKind.Prefix, Forms.NotEmpty);
        Add("regex", TextMatchKind.Regex, Forms.Regex);
        if (matches.Count > 1)
        {
            fields.Report("", null, "compares in several ways", "one of exact, prefix and regex");
        }

        return matches.Count > 0 ? matches[0] : new TextMatch(TextMatchKind.Present, "");

        void Add(string name, TextMatchKind kind, TextForm form)
        {
            if (fields.Text(name, form) is { } text)
            {
                matches.Add(new TextMatch(kind, text));
            }
        }
    }

    private static ValueMap<TextMatch> ReadTexts(Fields fields, string name) =>
        fields.Map(name, Forms.NotEmpty, (node, place) => Fields.Read(fields.Scope, node, fields.PathOf(place), ReadAnyText));
}
