using System.Text.Json.Serialization;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>JSON of the messages between prefill and decode engines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PrefillMessage))]
internal sealed partial class DisaggregationJson : JsonSerializerContext;
