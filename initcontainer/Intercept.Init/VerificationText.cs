using System.Text;
using System.Text.Json;
using Intercept.Capture.Verification;

namespace Intercept.Init;

internal static class VerificationText
{
    private static readonly JsonWriterOptions _indented = new() { Indented = true };

    public static async Task WriteAsync(IReadOnlyList<VerificationResult> results, string form, TextWriter output)
    {
        if (form == "json")
        {
            await output.WriteLineAsync(Json(results));
            return;
        }

        foreach (var result in results)
        {
            var word = result.Status switch
            {
                VerificationStatus.Proven => "ok",
                VerificationStatus.Failed => "FAILED",
                VerificationStatus.RulesOnly => "rules only",
                _ => "not planned",
            };
            await output.WriteLineAsync($"{word,-11} {result.Check}: {result.Detail}");
            if (result.Status == VerificationStatus.Failed && result.Rule is not null)
            {
                await output.WriteLineAsync($"            rule: {result.Rule}");
            }
        }

        var failed = results.Count(result => result.Status == VerificationStatus.Failed);
        await output.WriteLineAsync(failed == 0 ? "capture is in effect" : $"capture is NOT in effect: {failed} check(s) failed");
    }

    private static string Json(IReadOnlyList<VerificationResult> results)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("in_effect", results.All(result => result.Status != VerificationStatus.Failed));
            json.WriteStartArray("checks");
            foreach (var result in results)
            {
                json.WriteStartObject();
                json.WriteString("check", result.Check);
                json.WriteString("status", result.Status switch
                {
                    VerificationStatus.Proven => "proven",
                    VerificationStatus.Failed => "failed",
                    VerificationStatus.RulesOnly => "rules_only",
                    _ => "not_planned",
                });
                json.WriteString("detail", result.Detail);
                json.WriteString("rule", result.Rule);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
