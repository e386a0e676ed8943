using System.Text.Json;
using Intercept.Mesh;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>The fields of an envoy.type.matcher.v3.StringMatcher.</summary>
internal static class StringMatchJson
{
    public static void Write(Utf8JsonWriter json, StringMatch match)
    {
        switch (match.Kind)
        {
            case StringMatchKind.Prefix:
                json.WriteString("prefix", match.Text);
                break;
            case StringMatchKind.Suffix:
                json.WriteString("suffix", match.Text);
                break;
            case StringMatchKind.Contains:
                json.WriteString("contains", match.Text);
                break;
            case StringMatchKind.Regex:
                json.WriteStartObject("safe_regex");
                json.WriteString("regex", match.Text);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("exact", match.Text);
                break;
        }

        json.WriteTrue("ignore_case", match.IgnoresCase);
    }
}
