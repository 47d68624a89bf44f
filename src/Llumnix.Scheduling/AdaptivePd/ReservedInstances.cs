using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The reserved instances, for the bin packing policies.</summary>
/// <param name="Prefill">Id of the instance reserved for prefills; null when there is none.</param>
/// <param name="Decode">Id of the instance reserved for decodes; null when there is none.</param>
public sealed record ReservedInstances(string? Prefill, string? Decode) : PolicyFacts;
