namespace Llumnix.Scheduling.Draining;

/// <summary>How far a drain is.</summary>
/// <param name="Selector">The drain.</param>
/// <param name="Instances">The instances of the fleet that it selects, sorted by id; none when they have left or have not come yet.</param>
public sealed record DrainReport(DrainSelector Selector, IReadOnlyList<DrainingInstance> Instances)
{
    /// <summary>Whether a selection means this drain; an instance can have any of its names.</summary>
    public bool IsMeantBy(DrainSelector selector) => Selector == selector
        || (selector.Scope == DrainScope.Instance
            && Selector.Scope == DrainScope.Instance
            && Instances.Any(instance => instance.Address.IsNamed(selector.Value)));

    /// <summary>Whether all of its instances can be deleted without harm. False without instances, of which nothing is known.</summary>
    public bool IsSafeToDelete => Instances.Count > 0 && Instances.All(static instance => instance.IsSafeToDelete);
}
