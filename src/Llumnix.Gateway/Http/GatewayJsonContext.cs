using System.Text.Json.Serialization;

namespace Llumnix.Gateway.Http;

/// <summary>JSON serialization of the gateway's own messages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReadinessReport))]
internal sealed partial class GatewayJsonContext : JsonSerializerContext;
