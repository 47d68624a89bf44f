using Llumnix.Adapters.Cms;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Llumlets;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.StepTimes;
using Llumnix.Server.Options.Derived;

namespace Llumnix.Server.Options;

/// <summary>
/// Everything that can be configured, as effective typed values. <c>new SchedulerOptions()</c> holds the defaults; the flags, their
/// aliases and their documentation are rows of the option table.
/// </summary>
public sealed record SchedulerOptions
{
    /// <summary>The HTTP service itself.</summary>
    public ServiceOptions Service { get; init; } = new();

    /// <summary>The store that full mode reads instances from.</summary>
    public CmsOptions Cms { get; init; } = new();

    /// <summary>How the engines' own metrics are read.</summary>
    public EngineStatusOptions Engines { get; init; } = new();

    /// <summary>Scheduling mode and policy.</summary>
    public ModeOptions Mode { get; init; } = new();

    /// <summary>Load metrics and thresholds of load-balance.</summary>
    public DispatchOptions Dispatch { get; init; } = new();

    /// <summary>Metrics and policies from outside of the program.</summary>
    public ExtensionOptions Extensions { get; init; } = new();

    /// <summary>The ledger of requests in flight.</summary>
    public LedgerOptions Ledger { get; init; } = new();

    /// <summary>Cache-aware scheduling.</summary>
    public CacheAwareOptions CacheAware { get; init; } = new();

    /// <summary>The KV store's metadata service, for cache-aware scheduling.</summary>
    public KvStoreOptions KvStore { get; init; } = new();

    /// <summary>Predictor-enhanced scheduling.</summary>
    public PrefillProgressOptions PrefillProgress { get; init; } = new();

    /// <summary>The profiling tables, for predicted latencies.</summary>
    public ProfileOptions Profiles { get; init; } = new();

    /// <summary>The latency targets of the <c>slo</c> policy.</summary>
    public SloOptions Slo { get; init; } = new();

    /// <summary>Adaptive prefill-decode scheduling.</summary>
    public AdaptivePdOptions AdaptivePd { get; init; } = new();

    /// <summary>The rescheduler.</summary>
    public ReschedulingOptions Rescheduling { get; init; } = new();

    /// <summary>Failover domain and staleness.</summary>
    public FailoverOptions Failover { get; init; } = new();

    /// <summary>Calls to the llumlets.</summary>
    public LlumletOptions Llumlets { get; init; } = new();

    /// <summary>Where lite mode, and full mode over the engines' own metrics, find instances.</summary>
    public DiscoveryOptions Discovery { get; init; } = new();

    /// <summary>Options that apply to lite mode only.</summary>
    public LiteModeOptions LiteMode { get; init; } = new();

    /// <summary>Several schedulers of which one decides.</summary>
    public HighAvailabilityOptions HighAvailability { get; init; } = new();

    /// <summary>Replicas that tell each other of their placements.</summary>
    public PeerOptions Peers { get; init; } = new();

    /// <summary>The console and the admin API.</summary>
    public ConsoleOptions Console { get; init; } = new();

    /// <summary>All ports that a scheduler with these options listens on.</summary>
    internal IEnumerable<ListeningPort> ListeningPorts =>
    [
        new("--port", Service.Port, "--host", Service.Host),
        new("--admin-port", Service.AdminPort, "--host", Service.Host),
        new("--ha-port", Peers.Port, "--host", Service.Host),
        .. Console.ListeningPorts,
    ];

    /// <summary>The groups that policies are made from.</summary>
    internal PolicyOptions Policies => new() { Dispatch = Dispatch, CacheAware = CacheAware, Slo = Slo, AdaptivePd = AdaptivePd };

    /// <summary>
    /// The options as they take effect: what needs full mode is off in lite mode, and the defaults that depend on other options are filled in where
    /// nothing was set. Of effective options it gives the same ones. What runs a scheduler begins with it.
    /// </summary>
    public SchedulerOptions Effective() => DerivedDefaults.Fill(LiteModeRestrictions.Apply(this));
}
