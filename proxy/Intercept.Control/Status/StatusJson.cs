using System.Text.Json.Serialization;

namespace Intercept.Control.Status;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(ControlStatus))]
[JsonSerializable(typeof(Validation))]
internal sealed partial class StatusJson : JsonSerializerContext;
