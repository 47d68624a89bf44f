using System.Text.Json.Serialization;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>JSON of the messages between emulator processes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReservationMessage))]
[JsonSerializable(typeof(HandOverMessage))]
internal sealed partial class MigrationJson : JsonSerializerContext;
