using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>What bin packing knows of adaptive prefill/decode.</summary>
/// <param name="Prefill">Id of the instance that is kept for prefills; null when there is none.</param>
/// <param name="Decode">Id of the instance that is kept for decodes; null when there is none.</param>
public sealed record ReservedInstances(string? Prefill, string? Decode) : PolicyFacts;
