using System.Text.Json.Serialization;

namespace Llumnix.Server.WhatIf;

/// <summary>JSON of what is asked: names in snake case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WhatIfQuestion))]
internal sealed partial class WhatIfJsonContext : JsonSerializerContext;
