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

    /// <summary>The slot; -1 to hold the request back.</summary>
    /// <param name="slots">The candidates, at least one.</param>
    /// <param name="scope">The decision.</param>
    public int Select(ReadOnlySpan<int> slots, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> latencies = scope.Values(ttft);
        double held = scope.Request.HeldMs;
        if (held >= slo.HoldLimitMs)
        {
            return Extremes.Highest(slots, latencies, scope.Random);
        }

        int fastest = Extremes.Lowest(slots, latencies, scope.Random);
        double wait = latencies[fastest] - held - slo.Predictor.PrefillMs(scope.Instance(fastest), in scope.Request);
        return wait < AtOnceShareOfLimit * slo.TtftLimitMs ? fastest : -1;
    }
}
