namespace Llumnix.Scheduling.Rescheduling;

/// <summary>Relieves the instance whose decode step is above the ceiling the most, onto the fullest one that still meets the target.</summary>
internal sealed class BinPackingMitigation(BinPackingSettings settings) : BinPackingPolicy(settings)
{
    /// <inheritdoc/>
    public override string Name => ReschedulingPolicyNames.BinPackingMitigation;

    private protected override Stepping? FindSource(List<Stepping> healthy, ReschedulingSnapshot snapshot) =>
        Highest(healthy.Where(candidate => candidate.StepMs >= Settings.CeilMs));

    private protected override Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReschedulingSnapshot snapshot) =>
        Highest(healthy.Where(candidate => candidate != source && candidate.StepMs < Settings.DestinationMs && Fits(candidate, source)));
}
