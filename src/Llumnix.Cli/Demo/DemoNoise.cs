using Llumnix.Cli.Load;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Demo;

/// <summary>
/// Tells differences between two runs of the same arrivals from noise. Each equal part of the arrivals is compared by itself, and the differences of the
/// parts are put to a paired t-test at 95 percent: a difference that comes from a few requests in one part is noise. The first part, in which the fleet fills,
/// is left out.
/// </summary>
internal static class DemoNoise
{
    /// <summary>Whether the parts agree on a difference.</summary>
    /// <param name="policy">A run.</param>
    /// <param name="baseline">The run it is compared with.</param>
    /// <param name="value">The value of a part; NaN where it has none.</param>
    /// <returns>Null when fewer than two parts after the first can be compared: nothing is known of the noise.</returns>
    internal static bool? IsClear(LoadResult policy, LoadResult baseline, Func<LoadPart, double> value) =>
        Estimate.Of(policy.Parts.Zip(baseline.Parts, (mine, other) => value(mine) - value(other)).Skip(1)).IsClear;

    /// <summary>Whether the parts agree on a difference of the share of requests that met their targets; null as of <see cref="IsClear"/>.</summary>
    internal static bool? IsAttainedClear(LoadResult policy, LoadResult baseline) => IsClear(policy, baseline, static part => (double)part.Attained / part.Sent);

    /// <summary>A latency on a scale on which equal ratios are equal differences; NaN without measurements.</summary>
    internal static double Scale(LatencySummary latencies, Func<LatencySummary, TimeSpan> value) =>
        latencies.Count == 0 ? double.NaN : Math.Log(value(latencies).TotalMilliseconds);
}
