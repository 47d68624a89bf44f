using System.Text.Json.Serialization;

namespace Llumnix.Server.WhatIf;

/// <summary>JSON of what is asked, and of classes of profiling tables: names in snake case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WhatIfQuestion))]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<SimulatedClass>>))]
internal sealed partial class WhatIfJsonContext : JsonSerializerContext;
