using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>
/// The queues are long: places a prefill on an instance whose decodes have the time for it, or on the fastest prefiller when it is in time there no
/// later. Decodes have the time for short prefills, since they catch up before their answers end, and for long ones when they are ahead of
/// their target and others have room for new decodes.
/// </summary>
internal sealed class PrefillInSlack(
    AdaptivePdTargets targets,
    AdaptivePdMetrics metrics,
    AdaptivePdTuning tuning,
    Prefillers prefillers,
    PrefillTiming timing) : Choice<FullModeInstance>
{
    private readonly RoomElsewhere _room = new(targets, metrics, tuning);

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } =
        [.. prefillers.Metrics, .. timing.Metrics, metrics.Step, metrics.Backlog, metrics.KvLeft];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        ReadOnlySpan<double> latencies = scope.Values(metrics.Ttft);
        int prefiller = prefillers.Fastest(timing.KeepInTime(prefillers.Find(candidates, scope), scope), scope);
        int slack = FindSlack(candidates, scope);
        bool isSlackUsed = slack >= 0 && (prefiller < 0 ? timing.IsInTime(slack, latencies[slack], scope) : latencies[slack] < latencies[prefiller]);
        selection = Selection.At(isSlackUsed ? slack : prefiller);
        return !selection.IsNone;
    }

    /// <summary>The instance whose decodes gain the most per step among those that have the time; -1 when none has.</summary>
    private int FindSlack(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> steps = scope.Values(metrics.Step);
        ReadOnlySpan<double> backlogs = scope.Values(metrics.Backlog);
        AdaptivePdState state = scope.State<AdaptivePdState>();
        double nowMs = scope.Request.NowMs;
        RoomElsewhere.Total? total = null;
        int best = -1;
        foreach (int slot in candidates)
        {
            // Decodes that must still catch up with an earlier prefill are given no other.
            bool isFree = steps[slot] > 0 && backlogs[slot] == 0 && state.HistoryOf(slot).Gain.At(nowMs) >= 0;
            if (isFree && (best < 0 || steps[slot] < steps[best]) && HasTime(slot, candidates, ref total, scope))
            {
                best = slot;
            }
        }

        return best;
    }

    private bool HasTime(int slot, ReadOnlySpan<int> candidates, ref RoomElsewhere.Total? total, DecisionScope<FullModeInstance> scope)
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

        // The rest must be in hand already. What requests that migrate there bring with them is not known.
        double inHandMs = AreAllDecoding(instance)
            ? scope.State<AdaptivePdState>().HistoryOf(slot).Gain.At(scope.Request.NowMs) * gainPerStepMs / stepMs
            : 0;
        if (beyondMs > inHandMs)
        {
            return false;
        }

        total ??= _room.Sum(candidates, scope);
        return _room.IsEnough(total.Value, slot, scope);
    }

    /// <summary>Decodes that are on their way or wait have nothing in hand.</summary>
    private static bool AreAllDecoding(FullModeInstance instance) =>
        instance.Dispatched.DecodeRequests <= 0 && instance.Status.SchedulerWaitingToDecodeRequests <= 0;
}
