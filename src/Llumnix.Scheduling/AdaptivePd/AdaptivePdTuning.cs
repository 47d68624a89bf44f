using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// The constants of adaptive prefill/decode that no flag sets. They apply to <see cref="AdaptivePdRules.Tuned"/> unless their documentation says otherwise.
/// The quotes are from the study in <c>bench/studies/adaptive-pd</c> (README.md and HISTORY.md), which found the values.
/// </summary>
internal sealed record AdaptivePdTuning
{
    /// <summary>The values that the study found.</summary>
    public static AdaptivePdTuning Default { get; } = new();

    /// <summary>
    /// Share of the TTFT limit from which on the limit of a prompt is lower by its own prefill time: time is short then, and a long prompt costs the
    /// time of several short ones. "from 90% of the target on instead of 80"
    /// </summary>
    public double LongPromptsLateFromShare { get; init; } = 0.8;

    /// <summary>
    /// Share of the TTFT limit from which on prefills may go between decodes: a first token that comes earlier than that on a prefiller is soon
    /// enough. "using the slack from 40 to 60% of the target"
    /// </summary>
    public double SlackFromShare { get; init; } = 0.5;

    /// <summary>
    /// Share of a request's expected output within which its decode must make up for a prefill: short answers end before long ones have caught up.
    /// "short prefills in the slack of decodes"
    /// </summary>
    public double CatchUpShareOfOutput { get; init; } = 0.12;

    /// <summary>
    /// Share of a KV cache that the other instances with decodes must have as headroom on average, when a long prefill uses the slack budget of one
    /// of them: new decodes must find a place elsewhere meanwhile. "room elsewhere of 10 to 25%", for two others together
    /// </summary>
    public double HeadroomElsewhereShare { get; init; } = 0.075;

    /// <summary>
    /// Smallest number of other instances, with <see cref="HeadroomElsewhereShare"/> each, whose headroom is required: a single one could fill up at
    /// once. "as long as other instances have room for new decodes"
    /// </summary>
    public int FewestOthersWithHeadroom { get; init; } = 2;

    /// <summary>
    /// Longest time, in milliseconds, for which decodes count as gaining on their target or falling behind it: step times change, and decodes end.
    /// "gains of 3 to 6 s"
    /// </summary>
    public double LongestGainMs { get; init; } = 6000;

    /// <summary>
    /// Number of newest prefills per instance whose arrival is remembered; older ones in longer queues are assumed to have no deadline. "none joins a
    /// step that others need sooner"
    /// </summary>
    public int RememberedPrefills { get; init; } = 64;

    /// <summary>
    /// Share of the TTFT limit below which a wait for other requests counts as none, so that a deferred request begins at once. Both rules. "late
    /// requests wait in the gateway until an instance is idle"
    /// </summary>
    public double ImmediateBelowShare { get; init; } = DeferralRule.ImmediateBelowShare;

    /// <summary>
    /// KV tokens per decode that are kept free for its growth; without them a decode may be preempted, and its recomputation stalls all others.
    /// "decodes keep 32 tokens each free to grow"
    /// </summary>
    public int GrowthTokensPerDecode { get; init; } = 32;

    /// <summary>
    /// Multiple of <see cref="GrowthTokensPerDecode"/> that bin packing counts as used: a migrated request stays for longer than a placement looks
    /// ahead. "migrations only where request and growth fit"
    /// </summary>
    public int PlannedGrowthFactor { get; init; } = 2;

    /// <summary>
    /// Share of the TPOT limit up to which batches are packed where targets hold with a given probability: that limit is for a batch that is stretched for a while,
    /// and the growth of a packed one belongs below it. Both rules. "packed up to 85% of what the confidence allows"
    /// </summary>
    public double PackingShareWithConfidence { get; init; } = 0.85;

    /// <summary>
    /// Share of the recent prefills without a safe place from which on all such prefills are given up, where targets hold with a given probability: others need
    /// their time then. Below it chances down to even ones are taken. "no chances from a quarter of the prefills on"
    /// </summary>
    public double NoChancesFromPressure { get; init; } = 0.25;

    /// <summary>
    /// Time, in multiples of the TTFT target, over which prefills without a safe place are counted. "no chances from a quarter of the prefills on"
    /// </summary>
    public double PressureSpanTargets { get; init; } = 5;

    /// <summary>
    /// Decode steps, in multiples of the packing limit: a prefill backlog below that counts as none, for packing and for conversions. Both rules for
    /// packing. "one conversion at a time, and none behind prefills"
    /// </summary>
    public double NearlyIdleBelowSteps { get; init; } = 1;

    /// <summary>
    /// Decode steps, in multiples of the packing limit, that a decode must save by waiting on an instance without decodes rather than on one with
    /// decodes: each conversion takes a prefiller away. "a conversion for 1 to 200 steps' time saved"
    /// </summary>
    public double ConversionSavesSteps { get; init; } = 1;

    /// <summary>
    /// Share of the KV cache: with less headroom an instance makes room for new decodes by a migration. "room made below 5% instead of 10%"
    /// </summary>
    public double LowHeadroomBelowShare { get; init; } = 0.05;

    /// <summary>
    /// Share of the KV cache: with this headroom or more an instance takes requests from instances that make room or are emptied. "destinations from
    /// 15% instead of 25%"
    /// </summary>
    public double AmpleHeadroomFromShare { get; init; } = 0.15;
}
