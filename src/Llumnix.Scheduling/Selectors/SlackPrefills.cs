using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Prefills on instances that decode, as far as the decodes' target leaves time. With a decode step of d ms and a target of L ms, a prefill
/// of p ms makes the decodes late by p; they catch up by L - d per step, so the next prefill may come p·d / (L - d) ms after it.
/// </summary>
internal sealed class SlackPrefills(SloSettings slo)
{
    /// <summary>Such prefills are made when waiting for an instance without decodes takes this share of the target or longer.</summary>
    public const double FromShareOfLimit = 0.8;

    /// <summary>Longest prefill: what decodes catch up within this share of an expected output. Short answers have little time to catch up.</summary>
    private const double LongestShareOfOutput = 0.16;

    private readonly DecodeStepTime _step = new(slo.Predictor);
    private readonly PrefillBacklogTime _backlog = new(slo.Predictor);

    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [_step, _backlog];

    /// <summary>The instance whose decodes have the most slack; -1 when none has enough.</summary>
    public int Find(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> steps = scope.Values(_step);
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        int best = -1;
        foreach (int slot in candidates)
        {
            bool isFree = steps[slot] > 0 && backlogs[slot] == 0 && scope.Request.NowMs >= scope.Instance(slot).SlackPrefillAfterMs;
            if (isFree && (best < 0 || steps[slot] < steps[best]) && IsShort(slot, steps[slot], scope))
            {
                best = slot;
            }
        }

        return best;
    }

    /// <summary>A prefill was placed: the decodes that are there, if any, need time to catch up.</summary>
    public void OnPlaced(FullModeInstance instance, in RequestFacts request)
    {
        double step = _step.Evaluate(instance);
        if (step > 0 && step < slo.TpotLimitMs)
        {
            double prefill = slo.Predictor.PrefillMs(instance, in request);
            instance.SlackPrefillAfterMs = request.NowMs + prefill + (prefill * step / (slo.TpotLimitMs - step));
        }
    }

    private bool IsShort(int slot, double step, DecisionScope<FullModeInstance> scope) =>
        slo.Predictor.PrefillMs(scope.Instance(slot), in scope.Request)
            <= LongestShareOfOutput * slo.ExpectedOutputTokens * (slo.TpotLimitMs - step);
}
