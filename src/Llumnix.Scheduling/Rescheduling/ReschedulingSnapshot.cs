using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The cluster at one moment, as copies that no longer change.</summary>
/// <param name="Instances">Every instance, sorted by infer type, then by id.</param>
/// <param name="ReservedPrefill">Id of the instance kept for prefills with adaptive prefill/decode; null where none is.</param>
/// <param name="ReservedDecode">Id of the instance kept for decodes with adaptive prefill/decode; null where none is.</param>
public sealed record ReschedulingSnapshot(
    IReadOnlyList<FullModeInstance> Instances, string? ReservedPrefill = null, string? ReservedDecode = null);
