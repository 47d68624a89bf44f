using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// Places a prefill, when queues are long, on an instance whose decodes have the time for it, or on the fastest prefiller if it is in time there and
/// no later. Decodes have the time for a short prefill, for which they catch up before their answers end; and for a long one when their slack budget
/// covers it and other instances have KV headroom for new decodes.
/// </summary>
internal sealed class PrefillInSlack(
    AdaptivePdTargets targets,
    AdaptivePdMetrics metrics,
    AdaptivePdTuning tuning,
    Prefillers prefillers,
    PrefillTiming timing) : Choice<FullModeInstance>
{
    private readonly HeadroomElsewhere _room = new(targets, metrics, tuning);

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } =
        [.. prefillers.Metrics, .. timing.Metrics, metrics.Step, metrics.Backlog, metrics.KvLeft];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        ReadOnlySpan<double> latencies = scope.Values(metrics.Ttft);
        int prefiller = prefillers.Fastest(timing.KeepInTime(prefillers.Find(candidates, scope), scope), scope);
        int slack = FindSlack(candidates, scope);
        bool isSlackUsed = slack >= 0 && (prefiller < 0 ? timing.IsInTime(slack, latencies[slack], targets.TtftLimitMs, scope) : latencies[slack] < latencies[prefiller]);
        selection = Selection.At(isSlackUsed ? slack : prefiller);
        return !selection.IsNone;
    }

    /// <summary>
    /// The instance with the shortest decode step, which gains the most per step, among those with time for the prefill; -1 when there is none.
    /// </summary>
    private int FindSlack(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> steps = scope.Values(metrics.Step);
        ReadOnlySpan<double> backlogs = scope.Values(metrics.Backlog);
        AdaptivePdState state = scope.State<AdaptivePdState>();
        double nowMs = scope.Request.NowMs;
        HeadroomElsewhere.Total? total = null;
        int best = -1;
        foreach (int slot in candidates)
        {
            // Decodes that have yet to catch up with an earlier prefill get no second one.
            bool isFree = steps[slot] > 0 && backlogs[slot] == 0 && state.HistoryOf(slot).Gain.At(nowMs) >= 0;
            if (isFree && (best < 0 || steps[slot] < steps[best]) && HasTime(slot, candidates, ref total, scope))
            {
                best = slot;
            }
        }

        return best;
    }

    private bool HasTime(int slot, ReadOnlySpan<int> candidates, ref HeadroomElsewhere.Total? total, DecisionScope<FullModeInstance> scope)
    {
        FullModeInstance instance = scope.Instance(slot);
        double stepMs = scope.Values(metrics.Step)[slot];
        double gainPerStepMs = Math.Max(0, targets.PacedStepMs - stepMs);
        double catchUpMs = tuning.CatchUpShareOfOutput * targets.ExpectedOutputTokens * gainPerStepMs;
        double beyondMs = targets.Predictor.PrefillMs(instance, in scope.Request) - catchUpMs;
        if (beyondMs <= 0)
        {
            return true;
        }

        // The slack budget must cover the rest. It is unknown for requests that migrate to the instance.
        double slackBudgetMs = AreAllDecoding(instance)
            ? scope.State<AdaptivePdState>().HistoryOf(slot).Gain.At(scope.Request.NowMs) * gainPerStepMs / stepMs
            : 0;
        if (beyondMs > slackBudgetMs)
        {
            return false;
        }

        total ??= _room.Sum(candidates, scope);
        return _room.IsEnough(total.Value, slot, scope);
    }

    /// <summary>Decodes that are in flight or wait have no slack budget yet.</summary>
    private static bool AreAllDecoding(FullModeInstance instance) =>
        instance.BesideStatus.DecodeRequests <= 0 && instance.Status.SchedulerWaitingToDecodeRequests <= 0;
}
