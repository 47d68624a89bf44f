using System.Text.Json.Serialization;

namespace Llumnix.Gateway.Http;

/// <summary>How the gateway's own messages are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadinessReport))]
internal sealed partial class GatewayJsonContext : JsonSerializerContext;
