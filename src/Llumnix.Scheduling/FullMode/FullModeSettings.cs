using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.FullMode;

/// <summary>Settings of full-mode scheduling beside the policy. The defaults are those of the configuration guide.</summary>
public sealed record FullModeSettings
{
    /// <summary>What fails together: <c>--failover-domain</c>.</summary>
    public FailureDomain FailureDomain { get; init; } = FailureDomain.Instance;

    /// <summary>An instance whose status has not advanced for longer is stale: <c>--instance-staleness-seconds</c>. Positive.</summary>
    public TimeSpan StalenessLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether requests in flight count: <c>--enable-instance-status-local-account</c>.</summary>
    public bool IsLedgerEnabled { get; init; } = true;

    /// <summary>An entry in flight is dropped after this long: <c>--request-local-account-staleness-seconds</c>. Positive.</summary>
    public TimeSpan LedgerEntryLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether prefix hits steer placements: <c>--enable-cache-aware-scheduling</c>. The ledger then follows waiting requests.</summary>
    public bool IsCacheAware { get; init; }

    /// <summary>Whether the ledger follows requests while they wait in their engine: only it knows how much of them the KV store saves.</summary>
    internal bool AreWaitingRequestsFollowed => this is { IsCacheAware: true, IsLedgerEnabled: true };

    /// <summary>Largest number of tokens in an engine step where the engine does not tell it: <c>--max-num-batched-tokens</c>. At least 1.</summary>
    public int MaxBatchedTokens { get; init; } = 65536;

    /// <summary>
    /// Samples of an engine before its step time is fitted, at least 1: <c>--num-predictor-warmup-samples</c>. Null: prefill progress is
    /// not predicted.
    /// </summary>
    public int? PredictorWarmupSamples { get; init; }

    /// <summary>
    /// How long it is remembered since when a request is held back, longer than anybody asks again; null where none is. See
    /// <see cref="Slo.SloOverload.Hold"/>.
    /// </summary>
    public TimeSpan? DeferredRequestLifetime { get; init; }

    /// <summary>Predicts the latencies that placements tell; null where there are no profiling tables.</summary>
    public LatencyPredictor? LatencyPredictor { get; init; }
}
