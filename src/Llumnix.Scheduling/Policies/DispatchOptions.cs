using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Policies;

/// <summary>What load-balance dispatches by.</summary>
public sealed record DispatchOptions
{
    /// <summary>A placement is drawn uniformly from this many best instances, at least 1: <c>--dispatch-top-k</c>.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>Load of neutral instances; those below the threshold are preferred: <c>--dispatch-neutral-load-{metric,threshold}</c>.</summary>
    public LoadCriterion Neutral { get; init; } = LoadCriterion.Default("all_prefills_tokens_num", 8192);

    /// <summary>Load of prefill instances; those below the threshold are preferred: <c>--dispatch-prefill-load-{metric,threshold}</c>.</summary>
    public LoadCriterion Prefill { get; init; } = LoadCriterion.Default("all_prefills_tokens_num", 2048);

    /// <summary>Load of decode instances; those below the threshold are preferred: <c>--dispatch-decode-load-{metric,threshold}</c>.</summary>
    public LoadCriterion Decode { get; init; } = LoadCriterion.Default("kv_cache_usage_ratio_projected", 1.0);
}
