using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// With <see cref="SloOverload.Hold"/>: where a request goes that cannot be in time. As long as it may be held back, only where it would begin at
/// once, so that it keeps nobody waiting; after that where <see cref="SloOverload.Triage"/> would send it.
/// </summary>
internal sealed class HoldRule(SloSettings slo, PredictedTtft ttft)
{
    /// <summary>Nobody waits where a request would wait for less than this share of the limit.</summary>
    private const double AtOnceShareOfLimit = 0.02;

    /// <summary>Whether the request has been held back for as long as it may be.</summary>
    public bool IsOver(in RequestFacts request) => request.HeldMs >= slo.HoldLimitMs;

    /// <summary>The slot; -1 to hold the request back.</summary>
    /// <param name="slots">The candidates, at least one.</param>
    /// <param name="meeting">Those of them that meet every other target than that of the first token; maybe none.</param>
    /// <param name="scope">The decision.</param>
    public int Select(ReadOnlySpan<int> slots, ReadOnlySpan<int> meeting, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(ttft);
        ref readonly RequestFacts request = ref scope.Request;
        if (IsOver(in request))
        {
            return Extremes.Highest(slots, latencies, scope.Random);
        }

        int fastest = Extremes.Lowest(meeting, latencies, scope.Random);
        if (fastest < 0)
        {
            return -1;
        }

        double waitMs = latencies[fastest] - request.HeldMs - slo.Predictor.TtftAloneMs(scope.Instance(fastest), in request);
        return waitMs < AtOnceShareOfLimit * slo.TtftLimitMs ? fastest : -1;
    }
}
