using Llumnix.Scheduling.Slo;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options.Parsing;

/// <summary>Defaults that depend on other options.</summary>
internal static class DerivedDefaults
{
    /// <summary>The rescheduling policies that adaptive PD needs.</summary>
    private static readonly string[] BinPacking = ["binpacking_mitigation", "binpacking_consolidation"];

    private static readonly string[] DispatchMetrics =
        ["dispatch-neutral-load-metric", "dispatch-prefill-load-metric", "dispatch-decode-load-metric"];

    /// <summary>The options with those defaults filled in.</summary>
    public static EffectiveOptions WithDerivedDefaults(this EffectiveOptions effective) =>
        effective.ForModeFlags().ForAdaptivePd().ForLiteMode().ForV6d();

    // Deployments usually set only the mode flag, which implies the switch; a switch that is set explicitly wins.
    private static EffectiveOptions ForModeFlags(this EffectiveOptions effective) =>
        effective.Options.Rescheduling is { IsColocated: true } or { IsStandalone: true }
            ? effective.Default("enable-rescheduling", "true")
            : effective;

    private static EffectiveOptions ForAdaptivePd(this EffectiveOptions effective)
    {
        if (!effective.Options.AdaptivePd.IsEnabled)
        {
            return effective;
        }

        IEnumerable<string> policies = effective.Options.Rescheduling.Policies.Union(BinPacking);
        EffectiveOptions filled = effective.Options.AdaptivePd.Rules == AdaptivePdRules.Tuned
            ? effective.Default("slo-overload", "triage").Default("ttft-slo-dispatch-threshold", "0.95")
            : effective.Default("slo-overload", "spread");
        return filled
            .Default("tpot-slo-dispatch-threshold", "0.85")
            .Set("rescheduling-policies", string.Join(',', policies));
    }

    private static EffectiveOptions ForLiteMode(this EffectiveOptions effective) =>
        effective.Options.Policy.IsFullMode
            ? effective
            : DispatchMetrics.Aggregate(effective, (filled, name) => filled.Default(name, "num_tokens"));

    private static EffectiveOptions ForV6d(this EffectiveOptions effective) =>
        effective.Options.CacheAware.Backend == KvStoreBackend.V6d ? effective.Default("kvs-hash-algo", "xxhash") : effective;

    private static EffectiveOptions Default(this EffectiveOptions effective, string name, string text) =>
        effective.IsSet(name) ? effective : effective.Set(name, text);

    private static EffectiveOptions Set(this EffectiveOptions effective, string name, string text)
    {
        OptionDefinition row = OptionTable.Get(name);
        if (row.Binding!.Write(effective.Options) == text)
        {
            return effective;
        }

        var derived = new OptionSource(OptionSourceKind.Derived, row.Flag);
        return effective with
        {
            Options = row.Binding.Apply(text, effective.Options)!,
            Sources = new Dictionary<string, OptionSource>(effective.Sources) { [name] = derived },
        };
    }
}
