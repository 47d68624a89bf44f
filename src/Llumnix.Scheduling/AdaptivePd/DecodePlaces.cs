using System.Runtime.Intrinsics;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>
/// Finds the instances that have a place for a decode: the predicted time per output token is below a limit, and the KV headroom is sufficient.
/// </summary>
/// <param name="targets">The limits.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="growthTokensPerDecode">
/// KV tokens that are kept free for the growth of each decode, not negative. Without them a growing decode may be preempted, and its recomputation
/// stalls all others.
/// </param>
internal sealed class DecodePlaces(AdaptivePdTargets targets, AdaptivePdMetrics metrics, int growthTokensPerDecode)
{
    /// <summary>The metrics that the search needs.</summary>
    public IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [metrics.Tpot, metrics.KvLeft, metrics.Batch];

    /// <summary>The candidates with a place for the request, without the instance reserved for prefills unless it is the only candidate.</summary>
    /// <param name="tpotLimitMs">The limit of the time per output token.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="scope">The decision.</param>
    public Span<int> Find(double tpotLimitMs, ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        RoleReserves reserves = scope.State<AdaptivePdState>().Reserves;
        int without = reserves.Prefill == reserves.Decode || candidates.Length == 1 ? -1 : reserves.Prefill!.Slot;
        return SlotCompaction.Keep(
            candidates,
            scope.TakeSlots(),
            new HasPlaceToGrow(PlaceBelow(tpotLimitMs, scope), scope.Values(metrics.Batch), growthTokensPerDecode, without));
    }

    /// <summary>The candidates with a place for the decode of a request whose prefill they also take; nothing is kept free for growth.</summary>
    /// <param name="tpotLimitMs">The limit of the time per output token.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="scope">The decision.</param>
    public Span<int> FindForBothRoles(double tpotLimitMs, ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope) =>
        SlotCompaction.Keep(candidates, scope.TakeSlots(), PlaceBelow(tpotLimitMs, scope));

    private HasPlace PlaceBelow(double tpotLimitMs, DecisionScope<FullModeInstance> scope) => new(
        scope.Values(metrics.Tpot),
        tpotLimitMs,
        scope.Values(metrics.KvLeft),
        (double)scope.Request.PromptTokens + targets.ExpectedOutputTokens);

    private readonly ref struct HasPlace(
        ReadOnlySpan<double> tpots, double tpotLimitMs, ReadOnlySpan<double> kvLeft, double neededTokens) : ISlotPredicate
    {
        private readonly ReadOnlySpan<double> _tpots = tpots;
        private readonly ReadOnlySpan<double> _kvLeft = kvLeft;

        public bool Holds(int slot) => _tpots[slot] < tpotLimitMs && _kvLeft[slot] >= neededTokens;

        public uint HoldsFrom(int slot) => HoldBeside(slot, Vector512<double>.Zero);

        public bool HoldsBeside(int slot, double growthTokens) => _tpots[slot] < tpotLimitMs && _kvLeft[slot] >= neededTokens + growthTokens;

        public uint HoldBeside(int slot, Vector512<double> growthTokens) => SlotBlock.Bits(
            Vector512.LessThan(SlotBlock.Of(_tpots, slot), Vector512.Create(tpotLimitMs))
            & Vector512.GreaterThanOrEqual(SlotBlock.Of(_kvLeft, slot), Vector512.Create(neededTokens) + growthTokens));
    }

    private readonly ref struct HasPlaceToGrow(
        HasPlace hasPlace, ReadOnlySpan<double> batches, double growthTokensPerDecode, int without) : ISlotPredicate
    {
        private readonly HasPlace _hasPlace = hasPlace;
        private readonly ReadOnlySpan<double> _batches = batches;

        public bool Holds(int slot) => slot != without && _hasPlace.HoldsBeside(slot, growthTokensPerDecode * _batches[slot]);

        public uint HoldsFrom(int slot) =>
            SlotBlock.Without(_hasPlace.HoldBeside(slot, SlotBlock.Of(_batches, slot) * growthTokensPerDecode), slot, without);
    }
}
