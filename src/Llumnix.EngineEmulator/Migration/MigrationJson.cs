using System.Text.Json.Serialization;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>How the messages between emulator processes are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ReservationMessage))]
[JsonSerializable(typeof(HandOverMessage))]
internal sealed partial class MigrationJson : JsonSerializerContext;
