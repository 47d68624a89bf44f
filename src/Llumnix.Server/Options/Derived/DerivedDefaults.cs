using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Server.Options.Derived;

/// <summary>Defaults that depend on other options. An option that was set keeps its value.</summary>
internal static class DerivedDefaults
{
    /// <summary>The rescheduling policies that adaptive PD cannot do without.</summary>
    private static readonly string[] BinPacking = ["binpacking_mitigation", "binpacking_consolidation"];

    /// <summary>The options with those defaults filled in.</summary>
    public static SchedulerOptions Fill(SchedulerOptions options) => ForV6d(ForLiteMode(ForAdaptivePd(ForModeFlags(options))));

    // Deployments give only the mode; the switch is theirs when they set it.
    private static SchedulerOptions ForModeFlags(SchedulerOptions options) => options.Rescheduling is { IsColocated: true } or { IsStandalone: true }
        ? options with { Rescheduling = options.Rescheduling.WithDefaultSwitch(isEnabled: true) }
        : options;

    private static SchedulerOptions ForAdaptivePd(SchedulerOptions options)
    {
        if (!options.AdaptivePd.IsEnabled)
        {
            return options;
        }

        const double tpotThreshold = 0.85;
        PlannerOptions planner = options.Rescheduling.Planner;
        return options with
        {
            Slo = options.AdaptivePd.Rules == AdaptivePdRules.Tuned
                ? options.Slo.WithDefaults(ttftThreshold: 0.95, tpotThreshold, SloOverload.Triage)
                : options.Slo.WithDefaults(ttftThreshold: 1, tpotThreshold, SloOverload.Spread),
            Rescheduling = options.Rescheduling with { Planner = planner with { Policies = [.. planner.Policies.Union(BinPacking)] } },
        };
    }

    private static SchedulerOptions ForLiteMode(SchedulerOptions options)
    {
        const string metric = "num_tokens";
        return options.Mode.IsFull ? options : options with
        {
            Dispatch = options.Dispatch with
            {
                Neutral = options.Dispatch.Neutral.WithDefaultMetric(metric),
                Prefill = options.Dispatch.Prefill.WithDefaultMetric(metric),
                Decode = options.Dispatch.Decode.WithDefaultMetric(metric),
            },
        };
    }

    private static SchedulerOptions ForV6d(SchedulerOptions options)
    {
        PrefixLookupOptions lookup = options.CacheAware.Lookup;
        return options.KvStore.Backend != KvStoreBackend.V6d ? options : options with
        {
            CacheAware = options.CacheAware with
            {
                Lookup = lookup with { ChunkKeys = lookup.ChunkKeys.WithDefaultAlgorithm(ChunkHashAlgorithm.XxHash) },
            },
        };
    }
}
