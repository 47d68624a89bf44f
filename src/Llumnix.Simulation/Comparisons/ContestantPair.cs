using System.Globalization;

namespace Llumnix.Simulation.Comparisons;

/// <summary>
/// A contestant compared with another one on the same arrivals, by the rule of <see cref="ComparisonRule"/>: the share of requests within their targets decides; where it is level,
/// the medians and 99th percentiles of TTFT, TPOT and the time from end to end do. Those say nothing of requests without a first token, so that more of these are a
/// respect of their own. Over several seeds a difference counts where a t-test of the differences at each seed finds it.
/// </summary>
internal sealed class ContestantPair
{
    private static readonly (string Label, Func<RunSummary, double> Value)[] Latencies =
    [
        ("TTFT p50", static run => run.TtftP50),
        ("TTFT p99", static run => run.TtftP99),
        ("TPOT p50", static run => run.TpotP50),
        ("TPOT p99", static run => run.TpotP99),
    ];

    private static readonly (string Label, Func<RunSummary, double> Value)[] Whole =
    [
        ("end to end p50", static run => run.EndToEndP50),
        ("end to end p99", static run => run.EndToEndP99),
    ];

    /// <summary>From here on a ratio says more than a difference in percent.</summary>
    private const double ManyTimes = 10;

    private readonly Estimate _attainment;
    private readonly Estimate _withoutTtft;
    private readonly (string Label, Estimate Change)[] _latencies;

    /// <summary>Compares two contestants.</summary>
    internal ContestantPair(ContestantRuns row, ContestantRuns other)
    {
        _attainment = row.Against(other, static (mine, others) => mine.Attainment - others.Attainment);
        _withoutTtft = row.Against(other, static (mine, others) => mine.ShareWithoutTtft - others.ShareWithoutTtft);

        (string Label, Estimate Change)[] parts = [.. Latencies.Select(latency => (latency.Label, Change(row, other, latency.Value)))];
        (string Label, Estimate Change)[] whole = [.. Whole.Select(latency => (latency.Label, Change(row, other, latency.Value)))];
        _latencies = [.. parts, .. whole];
        IsShareClear = SignOfShare(_attainment) != 0;
        int[] signs = [.. parts.Select(static latency => SignOf(latency.Change))];
        int[] wholeSigns = [.. whole.Select(static latency => SignOf(latency.Change))];
        int[] shares = [SignOfShare(_attainment)];
        int[] withinNoise = [SignWithinNoise(_attainment), -SignWithinNoise(_withoutTtft)];
        Outcome = SignOfShare(_withoutTtft) is var without and not 0
            ? ComparisonRule.Of(shares, withinNoise, [.. signs, .. wholeSigns, -without], [])
            : ComparisonRule.Of(shares, withinNoise, signs, wholeSigns);
    }

    /// <summary>How the first one stands against the other.</summary>
    internal ComparisonOutcome Outcome { get; }

    /// <summary>Whether the share of requests within their targets has decided.</summary>
    internal bool IsShareClear { get; }

    /// <summary>
    /// What differs clearly, the first one's respects: "4.0 ± 0.5 percentage points fewer, TTFT p50 20% lower". A share that left it undecided is told, too: "4.0 ± 9.1
    /// percentage points fewer, within the noise".
    /// </summary>
    internal string Describe()
    {
        string share = IsShareClear ? DifferenceOfShare() : "";
        string without = SignOfShare(_withoutTtft) == 0 ? "" : DifferenceWithoutTtft();
        if (Outcome == ComparisonOutcome.Undecided)
        {
            share = SignWithinNoise(_attainment) == 0 ? share : $"{DifferenceOfShare()}, within the noise";
            without = SignWithinNoise(_withoutTtft) == 0 ? without : $"{DifferenceWithoutTtft()}, within the noise";
        }

        string[] texts = [share, without, .. _latencies.Where(static latency => SignOf(latency.Change) != 0).Select(Describe)];
        return string.Join(", ", texts.Where(static text => text.Length > 0));
    }

    private string DifferenceOfShare()
    {
        string interval = double.IsNaN(_attainment.HalfWidth) ? "" : $" ± {Percent(_attainment.HalfWidth)}";
        return $"{Percent(Math.Abs(_attainment.Mean))}{interval} percentage points {MoreOrFewer(_attainment)}";
    }

    private string DifferenceWithoutTtft() =>
        $"{Percent(Math.Abs(_withoutTtft.Mean))} percentage points {MoreOrFewer(_withoutTtft)} requests without a first token";

    private static string Describe((string Label, Estimate Change) latency)
    {
        (string label, Estimate change) = latency;
        if (Math.Exp(change.Mean) >= ManyTimes)
        {
            (string least, string most) = (Times(change.Mean - change.HalfWidth), Times(change.Mean + change.HalfWidth));
            return $"{label} higher by a factor of {Times(change.Mean)}" + (double.IsNaN(change.HalfWidth) || least == most ? "" : $" ({least} to {most})");
        }

        string direction = change.Mean < 0 ? "lower" : "higher";
        (string low, string high) = change.Mean < 0
            ? (PercentOf(change.Mean + change.HalfWidth), PercentOf(change.Mean - change.HalfWidth))
            : (PercentOf(change.Mean - change.HalfWidth), PercentOf(change.Mean + change.HalfWidth));
        string interval = double.IsNaN(change.HalfWidth) || low == high ? "" : $" ({low}% to {high}%)";
        return $"{label} {PercentOf(change.Mean)}% {direction}{interval}";
    }

    /// <summary>The logarithm of the ratio, on which equal ratios are equal differences.</summary>
    private static Estimate Change(ContestantRuns row, ContestantRuns other, Func<RunSummary, double> latency) => row.Against(
        other, (mine, others) => latency(others) > 0 && latency(mine) > 0 ? Math.Log(latency(mine) / latency(others)) : double.NaN);

    private static int SignOfShare(Estimate difference) =>
        Math.Abs(difference.Mean) >= ComparisonRule.ShareTolerance && difference.IsClear != false ? Math.Sign(difference.Mean) : 0;

    private static int SignWithinNoise(Estimate difference) =>
        Math.Abs(difference.Mean) >= ComparisonRule.ShareTolerance && difference.IsClear == false ? Math.Sign(difference.Mean) : 0;

    /// <returns>1 when the first latency is the lower one, -1 when it is the higher one, 0 when they are level or one is missing.</returns>
    private static int SignOf(Estimate change) =>
        Math.Abs(Math.Exp(change.Mean) - 1) >= ComparisonRule.LatencyTolerance && change.IsClear != false ? -Math.Sign(change.Mean) : 0;

    private static string Times(double change) => Math.Exp(change).ToString("0", CultureInfo.InvariantCulture);

    private static string PercentOf(double change) => (100 * Math.Abs(Math.Exp(change) - 1)).ToString("0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static string MoreOrFewer(Estimate difference) => difference.Mean > 0 ? "more" : "fewer";
}
