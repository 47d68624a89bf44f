using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.KvStore;
using Llumnix.Adapters.Profiles;
using Llumnix.Adapters.Redis;
using Llumnix.Simulation.Engines;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Demo;

/// <summary>The scheduler's options in a run of the demo.</summary>
internal static class DemoSchedulerOptions
{
    private static readonly LoadCriterion HeldTokens = new("num_tokens", 8192);

    /// <summary>Statuses come at least every second; the default of a minute is too long for a demo.</summary>
    private static readonly TimeSpan StalenessLimit = TimeSpan.FromSeconds(3);

    /// <param name="settings">What the demo plays.</param>
    /// <param name="policy">The run's scheduling policy.</param>
    /// <param name="isRescheduling">Whether the rescheduler moves requests in this run.</param>
    /// <param name="storePort">Port of the store on this machine.</param>
    /// <param name="kvMasterPort">Port of the KV store's master on this machine; null: the run is not cache-aware.</param>
    /// <param name="tables">Profiling tables of the engines; null with policies that need none.</param>
    internal static SchedulerOptions Of(
        DemoSettings settings, string policy, bool isRescheduling, int storePort, int? kvMasterPort = null, LatencyTables? tables = null)
    {
        var options = new SchedulerOptions
        {
            Failover = new FailoverOptions { InstanceStaleness = StalenessLimit },
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0, Seed = settings.Seed },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = storePort }, StatusInterval = TimeSpan.FromMilliseconds(100) },
            CacheAware = new CacheAwareOptions { IsEnabled = kvMasterPort is not null },
            KvStore = new KvStoreOptions { Mooncake = new MooncakeOptions { Host = "127.0.0.1", Port = kvMasterPort ?? new MooncakeOptions().Port } },
            Mode = new ModeOptions { Policy = policy, IsFull = !settings.IsLite },
            Dispatch = settings.IsLite ? new DispatchOptions { Neutral = HeldTokens, Prefill = HeldTokens, Decode = HeldTokens } : new(),
            Discovery = new DiscoveryOptions { Redis = new RedisDiscoveryOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = storePort } } },
            Rescheduling = isRescheduling ? Rescheduling() : new(),
            Console = settings.ConsolePort is { } port ? new ConsoleOptions { IsEnabled = true, Port = port } : new(),
        };
        return tables is null ? options : WithTargets(options, settings, tables);
    }

    /// <summary>Adds the demo's targets, by which requests are dispatched as well as judged.</summary>
    private static SchedulerOptions WithTargets(SchedulerOptions options, DemoSettings settings, LatencyTables tables) => options with
    {
        AdaptivePd = new AdaptivePdOptions { IsEnabled = settings.IsAdaptivePd && options.Mode.Policy == "slo" },
        Profiles = new ProfileOptions { TtftPath = tables.TtftPath, TpotPath = tables.TpotPath },
        Slo = (settings.IsAdaptivePd ? new SloOptions() : new SloOptions { Overload = SloOverload.Spread }) with
        {
            Ttft = settings.Targets!.Ttft,
            Tpot = settings.Targets.Tpot,
        },
    };

    private static ReschedulingOptions Rescheduling() => new()
    {
        IsEnabled = true,
        IsColocated = true,
        Interval = TimeSpan.FromMilliseconds(200),
        Planner = new PlannerOptions
        {
            Policies = ["neutral_load", "decode_load", "prefill_failover", "decode_failover", "neutral_failover"],
            Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5),
            Neutral = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5),
            LoadBalance = new LoadBalanceOptions { SmallestDifference = 0.1 },
        },
    };
}
