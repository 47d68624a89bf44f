using System.Text.Json.Serialization;

namespace Llumnix.Server.Leadership;

/// <summary>JSON of what replicas tell each other.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReplicaReport))]
[JsonSerializable(typeof(ReplicaAnswer))]
[JsonSerializable(typeof(LeaderState))]
internal sealed partial class LeadershipJsonContext : JsonSerializerContext;
