using System.Text.Json.Serialization;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>How the messages between prefill and decode engines are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PrefillMessage))]
internal sealed partial class DisaggregationJson : JsonSerializerContext;
