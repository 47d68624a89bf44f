using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The cluster at one moment, as copies that no longer change.</summary>
/// <param name="Instances">Every instance, sorted by infer type, then by id.</param>
/// <param name="Facts">What the scheduling policy tells the rescheduling policies that belong to it; null where it tells nothing.</param>
public sealed record ReschedulingSnapshot(IReadOnlyList<FullModeInstance> Instances, PolicyFacts? Facts = null);
