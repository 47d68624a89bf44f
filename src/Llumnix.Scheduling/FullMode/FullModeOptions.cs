using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.FullMode;

/// <summary>The groups of options of full-mode scheduling beside the policy. The defaults are those of the configuration guide.</summary>
public sealed record FullModeOptions
{
    /// <summary>Failover domain and staleness.</summary>
    public FailoverOptions Failover { get; init; } = new();

    /// <summary>The ledger of requests in flight.</summary>
    public LedgerOptions Ledger { get; init; } = new();

    /// <summary>Cache-aware scheduling. When enabled, the ledger follows waiting requests.</summary>
    public CacheAwareOptions CacheAware { get; init; } = new();

    /// <summary>Whether and how the progress of prefills is predicted.</summary>
    public PrefillProgressOptions PrefillProgress { get; init; } = new();

    /// <summary>
    /// How long the time of a request's first deferral is kept, longer than any gateway asks again; null where no request is deferred. See
    /// <see cref="Slo.SloOverload.Hold"/>.
    /// </summary>
    public TimeSpan? DeferredRequestLifetime { get; init; }

    /// <summary>Predicts the latencies that placements report; null where there are no profiling tables.</summary>
    public LatencyPredictor? LatencyPredictor { get; init; }

    /// <summary>How predictions are compared with what comes; without effect where there are no profiling tables.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>
    /// Whether instances with stale statuses take requests where no instance of their infer type has a fresh one. For readings of the engines' own metrics:
    /// the ledger knows the own load without them.
    /// </summary>
    public bool AreStaleInstancesLastResort { get; init; }

    /// <summary>
    /// Time between two readings of an engine's own metrics, above zero: an engine ranks behind its equals with each reading that is missing. Null: statuses come
    /// from a CMS, and their age changes no load.
    /// </summary>
    public TimeSpan? ReadingInterval { get; init; }

    /// <summary>How many decisions are recorded for operators to look at, 2 or more; 0 for none.</summary>
    public int DecisionHistory { get; init; }

    /// <summary>This scheduler among its replicas; null: it has none, and its ledger is told to nobody.</summary>
    public ReplicaKey? Replica { get; init; }

    /// <summary>
    /// Whether the ledger follows requests while they wait in their engine: the status counts whole prompts, and only the ledger knows their prefix hits.
    /// </summary>
    internal bool AreWaitingRequestsFollowed => this is { CacheAware.IsEnabled: true, Ledger.IsEnabled: true };
}
