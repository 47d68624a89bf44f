using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

/// <summary>The order of choices: what is tried before what.</summary>
public sealed class AdaptivePdChoicesTests
{
    [Theory]
    [InlineData(AdaptivePdRules.Plain, SloOverload.Reject, "PackDecode ConvertPrefiller Reject")]
    [InlineData(AdaptivePdRules.Plain, SloOverload.Spread, "PackDecode ConvertPrefiller SpreadDecode")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Triage, "PackDecode StretchBatch WaitForPrefills TriageDecode")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Hold, "PackDecode StretchBatch WaitForPrefills TriageDecode")]
    public void Decode_Rows_AreInOrder(AdaptivePdRules rules, SloOverload overload, string expected) =>
        Assert.Equal(expected, NamesOf(Choices(rules, overload).Decode()));

    [Theory]
    [InlineData(AdaptivePdRules.Plain, SloOverload.Spread, "PrefillInTime SpreadPrefill")]
    [InlineData(AdaptivePdRules.Plain, SloOverload.Hold, "PrefillInTime DeferPrefill TriagePrefill")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Reject, "PrefillAtIdlePrefiller PrefillInSlack Reject")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Triage, "PrefillAtIdlePrefiller PrefillInSlack TriagePrefill")]
    public void Prefill_Rows_AreInOrder(AdaptivePdRules rules, SloOverload overload, string expected) =>
        Assert.Equal(expected, NamesOf(Choices(rules, overload).Prefill()));

    [Theory]
    [InlineData(AdaptivePdRules.Plain, SloOverload.Triage, "PrefillInTime TriagePrefill")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Reject, "PrefillAtIdlePrefiller PrefillInSlack Reject")]
    [InlineData(AdaptivePdRules.Tuned, SloOverload.Triage, "PrefillAtIdlePrefiller PrefillInSlack PrefillByChance TriagePrefill")]
    public void Prefill_WithConfidence_ChancesComeBeforeTriage(AdaptivePdRules rules, SloOverload overload, string expected) =>
        Assert.Equal(expected, NamesOf(Choices(rules, overload, confidence: 0.9).Prefill()));

    [Theory]
    [InlineData(SloOverload.Reject, "MeetBothTargets Reject")]
    [InlineData(SloOverload.Spread, "MeetBothTargets SpreadNeutral")]
    [InlineData(SloOverload.Triage, "MeetBothTargets TriageNeutral")]
    [InlineData(SloOverload.Hold, "MeetBothTargets DeferNeutral TriageNeutral")]
    public void Neutral_Rows_AreInOrder(SloOverload overload, string expected)
    {
        Assert.Equal(expected, NamesOf(Choices(AdaptivePdRules.Plain, overload).Neutral()));
        Assert.Equal(expected, NamesOf(Choices(AdaptivePdRules.Tuned, overload).Neutral()));
    }

    private static AdaptivePdChoices Choices(AdaptivePdRules rules, SloOverload overload, double? confidence = null) =>
        new(
            new SloOptions { Overload = overload, Confidence = confidence },
            AdaptivePdTargets.Of(new SloOptions(), new AdaptivePdOptions { Rules = rules }, RoundProfile.Predictor),
            AdaptivePdTuning.Default);

    private static string NamesOf(Choice<FullModeInstance>[] rows) => string.Join(' ', rows.Select(row => row.GetType().Name));
}
