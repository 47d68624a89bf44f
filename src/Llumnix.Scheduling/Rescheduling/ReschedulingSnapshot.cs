using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>A copy of the cluster at one moment.</summary>
/// <param name="Instances">Every instance, sorted by infer type, then by id.</param>
/// <param name="Facts">Facts of the scheduling policy for the rescheduling policies that belong to it; null when there are none.</param>
public sealed record ReschedulingSnapshot(IReadOnlyList<FullModeInstance> Instances, PolicyFacts? Facts = null);
