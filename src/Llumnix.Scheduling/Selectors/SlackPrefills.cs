using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Prefills on instances that decode, as far as the decodes' target leaves time. With a decode step of d ms and a target of L ms decodes gain L - d
/// per step, (L - d) / d per millisecond. A prefill of p ms costs them p, and what they would have gained meanwhile: p·L / d, which they gain in
/// p·L / (L - d). See <see cref="DecodeGain"/>; that requests which migrate bring time in hand with them is not known here.
/// </summary>
internal sealed class SlackPrefills(SloSettings slo, RoleReserves<FullModeInstance> reserves)
{
    /// <summary>Such prefills are made when the first token would come after this share of the limit or later on instances without decodes.</summary>
    public const double FromShareOfLimit = 0.5;

    /// <summary>What decodes gain later: within this share of an expected output, since short answers have little time to catch up.</summary>
    private const double LaterShareOfOutput = 0.12;

    /// <summary>
    /// Room in the KV caches of the others that decode, on average, so that new decodes find a place while this one prefills for long; when there
    /// are fewer than <see cref="FewestOthers"/>, as much as so many would have together.
    /// </summary>
    private const double RoomElsewhereShare = 0.075;

    private const int FewestOthers = 2;

    private static readonly KvCacheTokensLeft KvLeft = new();
    private readonly DecodeStepTime _step = new(slo.Predictor);
    private readonly PrefillBacklogTime _backlog = new(slo.Predictor);

    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [_step, _backlog];

    /// <summary>The instance whose decodes gain the most per step among those that have time enough; -1 when none has.</summary>
    public int Find(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> steps = scope.Values(_step);
        ReadOnlySpan<double> backlogs = scope.Values(_backlog);
        DecodeRoom? room = null;
        int best = -1;
        foreach (int slot in candidates)
        {
            bool isFree = steps[slot] > 0 && backlogs[slot] == 0 && scope.Instance(slot).DecodeGain.At(scope.Request.NowMs) >= 0;
            if (isFree && (best < 0 || steps[slot] < steps[best]) && HasTime(slot, candidates, ref room, scope))
            {
                best = slot;
            }
        }

        return best;
    }

    /// <summary>A prefill was placed: the decodes that are there, if any, fall behind. As far as can be when they gain nothing.</summary>
    public static void OnPrefillPlaced(SloSettings slo, FullModeInstance instance, in RequestFacts request)
    {
        double step = slo.Predictor.DecodeStepMs(instance);
        if (step > 0)
        {
            double costs = step < slo.TpotLimitMs
                ? slo.Predictor.PrefillMs(instance, in request) * slo.TpotLimitMs / (slo.TpotLimitMs - step)
                : double.PositiveInfinity;
            instance.DecodeGain.Lose(request.NowMs, costs);
        }
    }

    private bool HasTime(int slot, ReadOnlySpan<int> candidates, ref DecodeRoom? room, DecisionScope<FullModeInstance> scope)
    {
        FullModeInstance instance = scope.Instance(slot);
        double step = scope.Values(_step)[slot];
        double gainPerStep = Math.Max(0, slo.TpotLimitMs - step);
        double beyond = slo.Predictor.PrefillMs(instance, in scope.Request) - (LaterShareOfOutput * slo.ExpectedOutputTokens * gainPerStep);
        if (beyond <= 0)
        {
            return true;
        }

        double inHand = AreAllDecoding(instance) ? instance.DecodeGain.At(scope.Request.NowMs) * gainPerStep / step : 0;
        if (beyond > inHand)
        {
            return false;
        }

        room ??= RoomOf(candidates, scope);
        return room.Value.Caches - RoomShareOf(slot, scope) >= RoomElsewhereShare * Math.Max(FewestOthers, room.Value.Instances - 1);
    }

    /// <summary>Decodes that are on their way or wait have nothing in hand.</summary>
    private static bool AreAllDecoding(FullModeInstance instance) =>
        instance.Dispatched.DecodeRequests <= 0 && instance.Status.SchedulerWaitingToDecodeRequests <= 0;

    private DecodeRoom RoomOf(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        double caches = 0;
        int instances = 0;
        foreach (int slot in candidates)
        {
            caches += RoomShareOf(slot, scope);
            instances += scope.Values(_step)[slot] > 0 ? 1 : 0;
        }

        return new DecodeRoom(caches, instances);
    }

    /// <summary>Room for new decodes where others decode, as a share of the KV cache; 0 where none can be packed.</summary>
    private double RoomShareOf(int slot, DecisionScope<FullModeInstance> scope)
    {
        FullModeInstance instance = scope.Instance(slot);
        double step = scope.Values(_step)[slot];
        bool takesDecodes = step > 0 && step < slo.TpotLimitMs && scope.Values(_backlog)[slot] < slo.TpotLimitMs && instance != reserves.Prefill;
        double room = takesDecodes ? KvLeft.Evaluate(instance) - (SloSettings.GrowthTokensPerDecode * FullModeMetrics.DecodeBatchSize.Evaluate(instance)) : 0;
        return room > 0 ? room / instance.Status.TotalGpuTokens : 0;
    }

    /// <summary>Room for new decodes on the instances that decode.</summary>
    /// <param name="Caches">In KV caches.</param>
    /// <param name="Instances">How many decode.</param>
    private readonly record struct DecodeRoom(double Caches, int Instances);
}
