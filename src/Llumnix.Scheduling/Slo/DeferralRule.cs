using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Slo;

/// <summary>
/// The rule of <see cref="SloOverload.Hold"/>: how long a request that misses its TTFT target is deferred, and where it may begin nevertheless,
/// because there it delays no other request.
/// </summary>
/// <param name="slo">The targets.</param>
/// <param name="predictor">Predicts latencies.</param>
/// <param name="ttft">The TTFT metric.</param>
/// <param name="immediateBelowShare">
/// Share of <see cref="SloOptions.TtftLimitMs"/> below which a wait for other requests counts as none, so that a deferred request begins at once.
/// </param>
internal sealed class DeferralRule(
    SloOptions slo, LatencyPredictor predictor, PredictedTtft ttft, double immediateBelowShare = DeferralRule.ImmediateBelowShare)
{
    /// <summary>The default share.</summary>
    public const double ImmediateBelowShare = 0.02;

    private readonly double _limitMs = slo.HoldLimit.TotalMilliseconds;
    private readonly double _immediateBelowMs = immediateBelowShare * slo.TtftLimitMs;

    /// <summary>Whether the request has been deferred for <see cref="SloOptions.HoldLimit"/>.</summary>
    public bool IsOver(in RequestFacts request) => request.DeferredMs >= _limitMs;

    /// <summary>The fastest instance, if the request would begin there at once; -1 to defer it.</summary>
    /// <param name="meeting">The instances on which it meets every target except TTFT; may be empty.</param>
    /// <param name="scope">The decision.</param>
    public int FindImmediate(ReadOnlySpan<int> meeting, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(ttft);
        ref readonly RequestFacts request = ref scope.Request;
        int fastest = Extremes.Lowest(meeting, latencies, scope.Random);
        if (fastest < 0)
        {
            return -1;
        }

        // The metric counts from the first question. Without the time deferred and the request's own prefill, its wait for other requests remains.
        double waitMs = latencies[fastest] - request.DeferredMs - predictor.TtftAloneMs(scope.Instance(fastest), in request);
        return waitMs < _immediateBelowMs ? fastest : -1;
    }
}
