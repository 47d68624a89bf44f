using System.Text.Json.Serialization;

namespace Llumnix.Cli.Drain;

/// <summary>JSON of drains.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DrainStatus))]
internal sealed partial class DrainJson : JsonSerializerContext;
