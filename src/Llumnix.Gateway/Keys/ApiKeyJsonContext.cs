using System.Text.Json;
using System.Text.Json.Serialization;

namespace Llumnix.Gateway.Keys;

/// <summary>How the file of API keys is read: a name that is misspelt is an error, not a limit that is missing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(ApiKeyFile))]
internal sealed partial class ApiKeyJsonContext : JsonSerializerContext;
