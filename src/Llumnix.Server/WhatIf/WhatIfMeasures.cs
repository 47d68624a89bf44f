using Llumnix.Server.AdminApi.Answers;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Server.WhatIf;

/// <summary>What is told of two contestants.</summary>
internal static class WhatIfMeasures
{
    private static readonly (string Name, bool IsHigherBetter, Func<RunSummary, double> Of)[] All =
    [
        ("attainment", true, static run => run.Attainment),
        ("ttft_p50_ms", false, static run => run.TtftP50),
        ("ttft_p90_ms", false, static run => run.TtftP90),
        ("ttft_p99_ms", false, static run => run.TtftP99),
        ("tpot_p50_ms", false, static run => run.TpotP50),
        ("tpot_p90_ms", false, static run => run.TpotP90),
        ("tpot_p99_ms", false, static run => run.TpotP99),
        ("e2e_p50_ms", false, static run => run.EndToEndP50),
        ("e2e_p90_ms", false, static run => run.EndToEndP90),
        ("e2e_p99_ms", false, static run => run.EndToEndP99),
        ("refused", false, static run => run.Refused),
        ("lost", false, static run => run.Lost + run.CutOff),
        ("preempted", false, static run => run.Preemptions),
        ("migrated", false, static run => run.Migrations),
        ("imbalance", false, static run => run.Imbalance),
    ];

    /// <summary>Every measure of the present scheduler and of the changed one, and how they differ at the same seeds.</summary>
    internal static IReadOnlyList<WhatIfMeasure> Of(ContestantRuns present, ContestantRuns changed) =>
    [
        .. All.Select(measure => new WhatIfMeasure(
            measure.Name,
            measure.IsHigherBetter,
            ToAnswer(present.Estimate(measure.Of)),
            ToAnswer(changed.Estimate(measure.Of)),
            ToAnswer(changed.Against(present, (mine, others) => measure.Of(mine) - measure.Of(others))))),
    ];

    /// <summary>The percentiles of values by nearest rank; null without values.</summary>
    /// <param name="sorted">The values, ascending.</param>
    internal static Percentiles? PercentilesOf(IReadOnlyList<double> sorted)
    {
        double[] values = [.. sorted];
        return values.Length == 0 ? null : new Percentiles(values.Length, At(0.5), At(0.9), At(0.99));

        double At(double share) => Math.Round(RunSummary.Quantile(values, share), 2);
    }

    private static WhatIfEstimate ToAnswer(Estimate estimate) => new(Known(estimate.Mean), Known(estimate.HalfWidth), estimate.IsClear);

    private static double? Known(double value) => double.IsFinite(value) ? Math.Round(value, 4) : null;
}
