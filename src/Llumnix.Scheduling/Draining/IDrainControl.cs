namespace Llumnix.Scheduling.Draining;

/// <summary>
/// Keeps instances free of new requests, so that they can be taken away. Safe for concurrent use. Drains last as long as the scheduler;
/// <see cref="Drains"/> and <see cref="RestoreDrains"/> carry them over to another one.
/// </summary>
public interface IDrainControl
{
    /// <summary>The drains that were ordered, oldest first.</summary>
    IReadOnlyList<Drain> Drains { get; }

    /// <summary>Orders a drain; from now on its instances get no request. To repeat it changes nothing.</summary>
    /// <param name="selector">
    /// Any scope but <see cref="DrainScope.Terminating"/>. An instance can have any of its names (<see cref="Instances.InstanceAddress.IsNamed"/>); a name of
    /// several instances drains all of them when they listen at the same host and port, as the ranks of one engine do, and is refused otherwise.
    /// </param>
    DrainOutcome Drain(DrainSelector selector);

    /// <summary>Ends a drain; its instances get requests again unless another drain selects them.</summary>
    /// <param name="selector">As it was ordered, or with another name of the instance that is not ambiguous.</param>
    /// <returns>Whether there was one.</returns>
    bool UndoDrain(DrainSelector selector);

    /// <summary>The ids, sorted, of the instances that an ambiguous name could mean; empty for a name that is not ambiguous and for other scopes.</summary>
    IReadOnlyList<string> FindAmbiguity(DrainSelector selector);

    /// <summary>Puts these drains in the place of the present ones, beginning with the first as far as there is room.</summary>
    void RestoreDrains(IReadOnlyList<Drain> drains);

    /// <summary>The ids, sorted, of the instances that are there to be drained.</summary>
    IReadOnlyList<string> ListInstances();

    /// <summary>How far all drains are, those of terminating instances last.</summary>
    IReadOnlyList<DrainReport> ReportDrains();
}
