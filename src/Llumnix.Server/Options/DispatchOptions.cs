namespace Llumnix.Server.Options;

/// <summary>How load-balance dispatches: metrics and thresholds per role, and the dispatch ledger.</summary>
public sealed record DispatchOptions
{
    /// <summary>A placement is drawn uniformly from this many best instances, 1 or above.</summary>
    public int TopK { get; init; } = 1;

    /// <summary>Load of neutral instances.</summary>
    public LoadCriterion Neutral { get; init; } = LoadCriterion.Default("all_prefills_tokens_num", 8192);

    /// <summary>Load of prefill instances.</summary>
    public LoadCriterion Prefill { get; init; } = LoadCriterion.Default("all_prefills_tokens_num", 2048);

    /// <summary>Load of decode instances.</summary>
    public LoadCriterion Decode { get; init; } = LoadCriterion.Default("kv_cache_usage_ratio_projected", 1.0);

    /// <summary>Whether requests that the engines have not seen yet count as load.</summary>
    public bool IsLedgerEnabled { get; init; } = true;

    /// <summary>An entry that no engine has acknowledged after this time is dropped.</summary>
    public TimeSpan LedgerEntryLifetime { get; init; } = TimeSpan.FromSeconds(10);
}
