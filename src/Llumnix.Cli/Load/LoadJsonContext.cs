using System.Text.Json.Serialization;

namespace Llumnix.Cli.Load;

/// <summary>JSON of the messages that a gateway exchanges.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompletionMessage))]
[JsonSerializable(typeof(CompletionAnswer))]
[JsonSerializable(typeof(CompletionChunk))]
[JsonSerializable(typeof(KvTransferAddress))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(uint[]))]
internal sealed partial class LoadJsonContext : JsonSerializerContext;
