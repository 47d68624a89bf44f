using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// The constants of adaptive prefill/decode that no flag sets. They apply to <see cref="AdaptivePdRules.Tuned"/> unless their documentation says otherwise.
/// The quotes are from the study in <c>bench/studies/adaptive-pd</c> (README.md and HISTORY.md), which found the values.
/// </summary>
internal sealed record AdaptivePdTuning
{
    /// <summary>The values that the study has arrived at.</summary>
    public static AdaptivePdTuning Default { get; } = new();

    /// <summary>
    /// Share of the TTFT limit from which on a prompt counts as late by its own prefill time before the limit: time is short, and a long prompt costs
    /// the time of several short ones. "from 90% of the target on instead of 80"
    /// </summary>
    public double LongPromptsLateFromShare { get; init; } = 0.8;

    /// <summary>
    /// Share of the TTFT limit from which on prefills may go between decodes: before that, prefillers alone are soon enough. "using the slack from 40 to 60%
    /// of the target"
    /// </summary>
    public double SlackFromShare { get; init; } = 0.5;

    /// <summary>
    /// Share of a request's expected output within which its decode may make up for a prefill: short answers end before long ones have caught up.
    /// "short prefills in the slack of decodes"
    /// </summary>
    public double CatchUpShareOfOutput { get; init; } = 0.12;

    /// <summary>
    /// Share of a KV cache that each other instance with decodes has left on average when a long prefill takes the time that decodes have in hand: new
    /// decodes must find a place elsewhere meanwhile. "room elsewhere of 10 to 25%", for two others together
    /// </summary>
    public double RoomElsewhereShare { get; init; } = 0.075;

    /// <summary>
    /// The fewest other instances, with <see cref="RoomElsewhereShare"/> each, whose room there must be: a single one may fill up at once. "as long as other
    /// instances have room for new decodes"
    /// </summary>
    public int FewestOthersWithRoom { get; init; } = 2;

    /// <summary>
    /// Milliseconds for which decodes count as ahead of their target, or behind it, at most: step times change, and decodes end. "gains of 3 to 6 s"
    /// </summary>
    public double LongestGainMs { get; init; } = 6000;

    /// <summary>
    /// Newest prefills of an instance whose arrival is remembered; of longer queues the others are taken to be in no hurry. "none joins a step that others
    /// need sooner"
    /// </summary>
    public int RememberedPrefills { get; init; } = 64;

    /// <summary>
    /// Share of the TTFT limit below which a wait for others is none, so that a deferred request delays nobody there. Both rules.
    /// "late requests wait in the gateway until an instance is idle"
    /// </summary>
    public double ImmediateBelowShare { get; init; } = HoldRule.ImmediateBelowShare;

    /// <summary>
    /// KV tokens that each decode on an instance keeps free to grow into, lest one of them is preempted and stalls all others with its recomputation.
    /// "decodes keep 32 tokens each free to grow"
    /// </summary>
    public int GrowthTokensPerDecode { get; init; } = 32;

    /// <summary>
    /// How many times <see cref="GrowthTokensPerDecode"/> bin packing counts as used: a request that migrates stays for longer than a placement looks ahead.
    /// "migrations only where request and growth fit"
    /// </summary>
    public int PlannedGrowthFactor { get; init; } = 2;

    /// <summary>
    /// Decode steps of the packing limit: prefills ahead that take less count as none, both for packing and for a conversion. Both rules for packing.
    /// "one conversion at a time, and none behind prefills"
    /// </summary>
    public double NearlyIdleBelowSteps { get; init; } = 1;

    /// <summary>
    /// Decode steps of the packing limit that a decode must save to wait on an instance without decodes rather than on one with: each conversion takes a
    /// prefiller away. "a conversion for 1 to 200 steps' time saved"
    /// </summary>
    public double ConversionSavesSteps { get; init; } = 1;

    /// <summary>Share of its KV cache below which an instance makes room for new decodes by a migration. "room made below 5% instead of 10%"</summary>
    public double ShortOfRoomBelowShare { get; init; } = 0.05;

    /// <summary>
    /// Share of its KV cache from which on an instance takes requests of others that make room or are emptied. "destinations from 15% instead of 25%"
    /// </summary>
    public double RoomyFromShare { get; init; } = 0.15;
}
