using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.KvStore;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Options;
using Llumnix.Server.Rescheduling;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>
/// The mode-dependent part of the server: a scheduler, the source that feeds it, its gauges and its readiness. Also hosted by programs that ask
/// the scheduler without HTTP.
/// </summary>
public abstract class SchedulingModeRuntime : IAsyncDisposable
{
    /// <summary>Makes the runtime of the mode that the options name.</summary>
    /// <param name="options">Options without errors.</param>
    /// <param name="factory">Makes its metrics.</param>
    /// <param name="logging">Where its log goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="discovery">Where instances come from discovery, makes what tells it which instances there are; null: what the options name.</param>
    /// <exception cref="Llumnix.Adapters.Profiles.ProfilingTableException">A profiling table cannot be used.</exception>
    /// <exception cref="Llumnix.Server.Extensions.ExtensionException">An extension cannot be used.</exception>
    public static SchedulingModeRuntime Make(
        SchedulerOptions options,
        IMetricFactory factory,
        ILoggerFactory logging,
        TimeProvider time,
        Func<IDiscoverySink, IDiscoverySource>? discovery = null) =>
        options.Mode.IsOverEngineMetrics ? new EngineMetricsRuntime(options, factory, logging, time, discovery)
            : options.Mode.IsFull ? new FullModeRuntime(options, factory, logging, time)
            : new LiteModeRuntime(options, factory, logging, time, discovery);

    /// <summary><c>full</c> or <c>lite</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Name of the store that clients are told is not available when the fleet is unknown.</summary>
    public abstract string StoreName { get; }

    /// <summary>Places requests.</summary>
    public abstract IRequestScheduler Scheduler { get; }

    /// <summary>Keeps instances free of new requests.</summary>
    public abstract IDrainControl Drains { get; }

    /// <summary>The ledger among the scheduler's replicas; null without any.</summary>
    public virtual LedgerReplica? Replica => null;

    /// <summary>Looks prompts up in the KV store; null without cache-aware scheduling.</summary>
    public virtual PrefixHitLookup? Prefixes => null;

    /// <summary>How prefix hits are estimated from placements; null where they are not.</summary>
    public virtual PrefixHistoryOptions? PrefixHistory => null;

    /// <summary>The API key that engines are read with, kept up to date while this is run; null for none.</summary>
    public virtual EngineKey? EngineKey => null;

    /// <summary>Receives what gateways report.</summary>
    public abstract IGatewaySink Gateways { get; }

    /// <summary>The last decisions; null where they are not recorded.</summary>
    public virtual DecisionHistory? History => null;

    /// <summary>The last migrations; null where none are planned or recorded.</summary>
    public virtual MigrationHistory? Migrations => null;

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Why gateways should not use this scheduler; null when they may.</summary>
    public abstract string? FindReasonNotReady();

    /// <summary>Whether engines are read, and the connections of all of them break.</summary>
    public virtual bool IsNoEngineReachable => false;

    /// <summary>What does not work although requests are placed, such as reading the load of some engines; null when all does.</summary>
    public virtual string? FindWarning() => null;

    /// <summary>Raises <see cref="HealthFound"/>.</summary>
    protected void OnHealthFound() => HealthFound?.Invoke();

    /// <summary>Several warnings as one; null when there is none.</summary>
    internal static string? Join(params string?[] warnings)
    {
        string text = string.Join("; ", warnings.Where(static warning => warning is not null));
        return text.Length == 0 ? null : text;
    }

    /// <summary>Keeps the scheduler's view fresh, and logs how the fleet changes, until it is cancelled.</summary>
    public abstract Task RunAsync(CancellationToken cancellation);

    /// <summary>Migrates running requests until it is cancelled; ends at once where that is switched off.</summary>
    public virtual Task RescheduleAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>
    /// Raised after something beside statuses has told of the health of an instance, on the thread that has learned it; there may be several at a time. What statuses tell, and
    /// what time alone changes, raises nothing: ask <see cref="HealthFingerprint"/> now and then.
    /// </summary>
    public event Action? HealthFound;

    /// <summary>A number that is another one when the health of an instance is; asked for often.</summary>
    public virtual int HealthFingerprint() => 0;

    /// <summary>The fleet as it is now, for the admin API.</summary>
    public abstract FleetSample CaptureFleet();

    /// <summary>What the instances say of themselves, by their ids; without any where the policies need none of it.</summary>
    public virtual IReadOnlyDictionary<string, InstanceMetadata> CaptureMetadata() => new Dictionary<string, InstanceMetadata>();

    /// <summary>Brings the gauges up to date. One call at a time.</summary>
    public abstract void ShowGauges();
}
