using System.Text.Json.Serialization;

namespace Intercept.Node.Reporting;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(NodeStatus))]
internal sealed partial class NodeJson : JsonSerializerContext;
