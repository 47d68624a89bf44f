using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.FullMode;

/// <summary>One view of the fleet with the indexes built from it; replaced as a whole.</summary>
internal sealed record FullModeIndexes(
    ClusterView<FullModeInstance> View,
    MetricTable<FullModeInstance> Table,
    HealthIndex Health,
    ServedModels Models,
    KvCapacityIndex Capacities,
    IReadOnlyDictionary<string, FullModeInstance> ById,
    DecisionScope<FullModeInstance> Scope);
