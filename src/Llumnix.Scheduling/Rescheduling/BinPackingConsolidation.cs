namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Empties the instance with the shortest decode step below the floor, onto the one kept for decodes or else onto the fullest.</summary>
internal sealed class BinPackingConsolidation(BinPackingSettings settings) : BinPackingPolicy(settings)
{
    /// <inheritdoc/>
    public override string Name => ReschedulingPolicyNames.BinPackingConsolidation;

    private protected override Stepping? FindSource(List<Stepping> healthy, ReschedulingSnapshot snapshot) => healthy
        .Where(candidate => candidate.IsDecoding && candidate.StepMs < Settings.FloorMs && candidate.Instance.Id != snapshot.ReservedDecode)
        .MinBy(static candidate => candidate.StepMs);

    private protected override Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReschedulingSnapshot snapshot)
    {
        List<Stepping> eligible =
        [
            .. healthy.Where(candidate => candidate != source && candidate.IsDecoding && candidate.StepMs < Settings.DestinationMs
                && Fits(candidate, source) && IsRoomy(candidate)),
        ];
        return eligible.Find(candidate => candidate.Instance.Id == snapshot.ReservedDecode) ?? Highest(eligible);
    }
}
