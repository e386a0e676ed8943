using System.Text.Json.Serialization;

namespace Intercept.Capture.Attachments;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Attachment))]
public sealed partial class AttachmentJson : JsonSerializerContext;
