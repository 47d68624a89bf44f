using System.Text.Json.Serialization;

namespace Llumnix.Cli.Load;

/// <summary>JSON of the messages that a gateway exchanges.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompletionMessage))]
[JsonSerializable(typeof(CompletionAnswer))]
internal sealed partial class LoadJsonContext : JsonSerializerContext;
