using System.Text.Json.Serialization;

namespace Intercept.Capture.Reporting;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CaptureRecord))]
[JsonSerializable(typeof(CaptureStatus))]
public sealed partial class ReportJson : JsonSerializerContext;
