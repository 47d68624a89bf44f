using System.Text.Json.Serialization;

namespace Llumnix.Server.Http;

/// <summary>JSON of the answers that are not on the hot path.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadinessReport))]
internal sealed partial class ServerJsonContext : JsonSerializerContext;
