using System.Text.Json.Serialization;

namespace Llumnix.Cli.Load;

/// <summary>JSON of the messages that clients of the completions API exchange.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompletionMessage))]
[JsonSerializable(typeof(CompletionChunk))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(uint[]))]
internal sealed partial class LoadJsonContext : JsonSerializerContext;
