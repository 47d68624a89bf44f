using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The policy state of adaptive prefill/decode: the two reserved instances, a history per instance, and the pressure on prefills.</summary>
internal sealed class AdaptivePdState : PolicyState<FullModeInstance>
{
    private readonly AdaptivePdTargets _targets;
    private readonly AdaptivePdTuning _tuning;
    private InstanceHistory[] _histories = [];

    public AdaptivePdState(AdaptivePdTargets targets, AdaptivePdTuning tuning)
    {
        _targets = targets;
        _tuning = tuning;
        Reserves = new RoleReserves();
        Pressure = new PrefillPressure(tuning.PressureSpanTargets * targets.TtftLimitMs);
    }

    private AdaptivePdState(AdaptivePdState other)
    {
        _targets = other._targets;
        _tuning = other._tuning;
        _histories = other._histories;
        Reserves = other.Reserves.Copy();
        Pressure = other.Pressure;
    }

    /// <summary>The reserved instances.</summary>
    public RoleReserves Reserves { get; }

    /// <summary>How many prefills found no safe place of late. Selectors only read it.</summary>
    public PrefillPressure Pressure { get; }

    /// <summary>The history of the instance in a slot. Selectors only read it.</summary>
    public InstanceHistory HistoryOf(int slot) => _histories[slot];

    /// <inheritdoc/>
    public override void OnMembersChanged(ReadOnlySpan<FullModeInstance> members, double nowMs)
    {
        var histories = new InstanceHistory[members.Length];
        for (int slot = 0; slot < histories.Length; slot++)
        {
            int before = members[slot].Slot;
            histories[slot] = before >= 0 ? _histories[before] : new InstanceHistory(nowMs, _tuning);
        }

        _histories = histories;
    }

    /// <inheritdoc/>
    public override void OnAcknowledged(FullModeInstance instance, long decodes, double nowMs)
    {
        // The new decode may have been in flight for long and has no share in what the others gained meanwhile, so counting begins anew.
        if (decodes > 0)
        {
            _histories[instance.Slot].Gain.Join(nowMs);
        }
    }

    /// <summary>Elects reserved instances. Requests that are not split need none.</summary>
    public override void PrepareDecision(InferType role, ReadOnlySpan<int> healthy, ReadOnlySpan<FullModeInstance> instances)
    {
        if (role != InferType.Neutral)
        {
            Reserves.Elect(healthy, instances);
        }
    }

    /// <inheritdoc/>
    public override void OnPlaced(FullModeInstance instance, InferType role, in RequestFacts request, bool isLate)
    {
        InstanceHistory history = _histories[instance.Slot];
        if (role != InferType.Decode)
        {
            // A late request sets no deadline for later ones. Any other request's deadline counts from its first question, time deferred included.
            history.Arrivals.Add(isLate ? double.PositiveInfinity : request.NowMs - request.DeferredMs);
            double stepMs = _targets.Predictor.DecodeStepMs(instance) * instance.LatencyFactors.TpotMargin;
            if (stepMs > 0)
            {
                history.Gain.Lose(request.NowMs, CostOfPrefillMs(stepMs, _targets.Predictor.PrefillMs(instance, in request)));
            }
        }

        if (role == InferType.Prefill)
        {
            Pressure.Add(request.NowMs, isLate);
        }
        else
        {
            history.Gain.Join(request.NowMs);
        }
    }

    /// <inheritdoc/>
    public override PolicyFacts CaptureForPlan(ReadOnlySpan<int> healthy, ReadOnlySpan<FullModeInstance> instances)
    {
        Reserves.Elect(healthy, instances);
        return new ReservedInstances(Reserves.Prefill?.Id, Reserves.Decode?.Id);
    }

    /// <summary>
    /// Elections in the copy do not affect the original. The histories and the pressure are shared: only placements and statuses change them, which a copy never sees.
    /// </summary>
    public override PolicyState<FullModeInstance> Copy() => new AdaptivePdState(this);

    /// <summary>
    /// Time in milliseconds that decodes need to make up for a prefill. With a step of d ms and a paced step of L ms they gain (L - d) / d per
    /// millisecond. A prefill of p ms costs them p and the p·(L - d) / d that they would have gained meanwhile, together p·L / d, which they gain in
    /// p·L / (L - d). Infinite when d is not below L.
    /// </summary>
    private double CostOfPrefillMs(double stepMs, double prefillMs)
    {
        double pacedMs = _targets.PacedStepMs;
        return stepMs < pacedMs ? prefillMs * pacedMs / (pacedMs - stepMs) : double.PositiveInfinity;
    }
}
