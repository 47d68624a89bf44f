using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>One view of the fleet with the indexes built from it; replaced as a whole.</summary>
internal sealed record LiteModeIndexes(
    ClusterView<LiteModeInstance> View,
    MetricTable<LiteModeInstance> Table,
    ModelIndex Models,
    Dictionary<string, LiteModeInstance> ById,
    DecisionScope<LiteModeInstance> Scope);
