namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>
/// Empties the instance with the shortest decode step below the floor. The destination is the instance reserved for decodes, or else the fullest.
/// </summary>
internal sealed class BinPackingConsolidation(string name, AdaptivePdTargets targets) : BinPackingPolicy(name, targets)
{
    private protected override Stepping? FindSource(List<Stepping> healthy, ReservedInstances? reserved) => healthy
        .Where(candidate => candidate.IsDecoding && candidate.StepMs < Targets.EmptyBelowMs && candidate.Instance.Id != reserved?.Decode)
        .MinBy(static candidate => candidate.StepMs);

    private protected override Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReservedInstances? reserved)
    {
        List<Stepping> eligible =
        [
            .. healthy.Where(candidate => candidate != source && candidate.IsDecoding && candidate.StepMs < Targets.PackingLimitMs
                && Fits(candidate, source) && HasAmpleHeadroom(candidate)),
        ];
        return eligible.Find(candidate => candidate.Instance.Id == reserved?.Decode) ?? Highest(eligible);
    }
}
