using System.Text.Json.Serialization;

namespace Intercept.Capture.Reporting;

/// <summary>One line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ObservedEvent))]
public sealed partial class ReportLines : JsonSerializerContext;
