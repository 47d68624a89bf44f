using Llumnix.Scheduling.AdaptivePd.Choices;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// The tables of choices of adaptive prefill/decode, one per role; the first row that decides makes the selection. <c>docs/adaptive-pd.md</c> has the
/// same tables.
/// </summary>
internal sealed class AdaptivePdChoices
{
    private readonly SloOverload _overload;
    private readonly bool _hasConfidence;
    private readonly AdaptivePdTuning _tuning;
    private readonly AdaptivePdTargets _targets;
    private readonly AdaptivePdMetrics _metrics;
    private readonly DeferralRule _hold;
    private readonly Prefillers _prefillers;
    private readonly PrefillTiming _plainTiming;
    private readonly PrefillTiming _tunedTiming;
    private readonly DecodePlaces _places;
    private readonly DecodePlaces _placesToGrow;
    private readonly WaitForPrefills _waitForPrefills;

    public AdaptivePdChoices(SloOptions slo, AdaptivePdTargets targets, AdaptivePdTuning tuning)
    {
        _overload = slo.Overload;
        _hasConfidence = slo.Confidence is not null;
        _tuning = tuning;
        _targets = targets;
        _metrics = new AdaptivePdMetrics(targets.Predictor);
        _hold = new DeferralRule(slo, targets.Predictor, _metrics.Ttft, tuning.ImmediateBelowShare);
        _prefillers = new Prefillers(_metrics);
        _plainTiming = new PlainPrefillTiming(_targets, _metrics);
        _tunedTiming = new TunedPrefillTiming(_targets, _metrics, tuning);
        _places = new DecodePlaces(_targets, _metrics, growthTokensPerDecode: 0);
        _placesToGrow = new DecodePlaces(_targets, _metrics, tuning.GrowthTokensPerDecode);
        _waitForPrefills = new WaitForPrefills(_targets, _metrics, _placesToGrow);
    }

    /// <summary>For the decode part of a request.</summary>
    public Choice<FullModeInstance>[] Decode() => _targets.Rules switch
    {
        AdaptivePdRules.Plain =>
        [
            new PackDecode(_targets, _metrics, _places),
            new ConvertPrefiller(_targets, _metrics, _places),
            .. DecodeInOverload(),
        ],
        _ =>
        [
            new PackDecode(_targets, _metrics, _placesToGrow),
            new StretchBatch(_targets, _metrics, _placesToGrow, _waitForPrefills),
            _waitForPrefills,
            .. DecodeInOverload(),
        ],
    };

    /// <summary>For the prefill part of a request.</summary>
    public Choice<FullModeInstance>[] Prefill() => _targets.Rules switch
    {
        AdaptivePdRules.Plain =>
        [
            new PrefillInTime(_prefillers, _plainTiming),
            .. PrefillInOverload(_plainTiming),
        ],
        _ =>
        [
            new PrefillAtIdlePrefiller(_targets, _metrics, _tuning, _prefillers, _tunedTiming),
            new PrefillInSlack(_targets, _metrics, _tuning, _prefillers, _tunedTiming),
            .. PrefillByChance(),
            .. PrefillInOverload(_tunedTiming),
        ],
    };

    /// <summary>For a request that is not split; the same with both rules.</summary>
    public Choice<FullModeInstance>[] Neutral() => [new MeetBothTargets(_targets, _metrics, _places), .. NeutralInOverload()];

    /// <summary>A decode is never deferred: its KV cache is kept on another instance.</summary>
    private Choice<FullModeInstance>[] DecodeInOverload() => _overload switch
    {
        SloOverload.Reject => [new Reject()],
        SloOverload.Spread => [new SpreadDecode(_metrics)],
        _ => [new TriageDecode(_metrics)],
    };

    /// <summary>Only triage gives a request up that might be in time.</summary>
    private Choice<FullModeInstance>[] PrefillByChance() => _hasConfidence && _overload == SloOverload.Triage
        ? [new PrefillByChance(_targets, _metrics, _tuning, _prefillers, _tunedTiming)]
        : [];

    private Choice<FullModeInstance>[] PrefillInOverload(PrefillTiming timing) => _overload switch
    {
        SloOverload.Reject => [new Reject()],
        SloOverload.Spread => [new SpreadPrefill(_prefillers)],
        SloOverload.Triage => [new TriagePrefill(_metrics, _prefillers, timing)],
        _ => [new DeferPrefill(_hold, _prefillers), new TriagePrefill(_metrics, _prefillers, timing)],
    };

    private Choice<FullModeInstance>[] NeutralInOverload() => _overload switch
    {
        SloOverload.Reject => [new Reject()],
        SloOverload.Spread => [new SpreadNeutral(_metrics)],
        SloOverload.Triage => [new TriageNeutral(_metrics)],
        _ => [new DeferNeutral(_targets, _hold, _metrics, _places), new TriageNeutral(_metrics)],
    };
}
