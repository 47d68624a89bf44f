using System.Text.Json.Serialization;

namespace Llumnix.Server.Http;

/// <summary>JSON serialization of answers outside the hot path.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadinessReport))]
internal sealed partial class ServerJsonContext : JsonSerializerContext;
