using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.StepTimes;
using static Llumnix.Adapters.Options.Table.OptionTypes;

namespace Llumnix.Server.Options.Table;

internal static class PrefillProgressOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, PrefillProgressOptions> Group =
        new("Predictor-enhanced scheduling (full mode)", o => o.PrefillProgress, (o, g) => o with { PrefillProgress = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("enable-predictor-enhanced-scheduling", OptionTypes.Boolean,
            "Predict how far prefills have come since an instance's last status, from its profiling samples.",
            g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
        Group.Row("max-num-batched-tokens", Integer(1), "Tokens per prefill step; must equal the engines' max_num_batched_tokens.",
            g => g.MaxBatchedTokens, (g, v) => g with { MaxBatchedTokens = v }),
        Group.Row("num-predictor-warmup-samples", Integer(1), "Profiling samples of an instance that are needed before its step times are predicted.",
            g => g.WarmupSamples, (g, v) => g with { WarmupSamples = v }),
    ];
}
