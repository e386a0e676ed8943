using System.Text.Json.Serialization;

namespace Intercept.Capture.Agent;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DecideQuestion))]
[JsonSerializable(typeof(DecideAnswer))]
[JsonSerializable(typeof(DecideRefusal))]
public sealed partial class AgentJson : JsonSerializerContext;
