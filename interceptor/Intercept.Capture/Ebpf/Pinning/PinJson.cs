using System.Text.Json.Serialization;

namespace Intercept.Capture.Ebpf.Pinning;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PinRecord))]
internal sealed partial class PinJson : JsonSerializerContext;
