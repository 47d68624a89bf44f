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
    /// <param name="scope">Anything but <see cref="DrainScope.Terminating"/>.</param>
    /// <param name="value">
    /// The node, unit or label; of an instance its id, its id in answers, or <c>host:port</c>, which means all instances there.
    /// </param>
    DrainOutcome Drain(DrainScope scope, string value);

    /// <summary>Ends a drain; its instances get requests again unless another drain selects them.</summary>
    /// <param name="scope">As it was ordered.</param>
    /// <param name="value">As it was ordered, or another name of the instance.</param>
    /// <returns>Whether there was one.</returns>
    bool UndoDrain(DrainScope scope, string value);

    /// <summary>Puts these drains in the place of the present ones, beginning with the first as far as there is room.</summary>
    void RestoreDrains(IReadOnlyList<Drain> drains);

    /// <summary>How far all drains are, those of terminating instances last.</summary>
    IReadOnlyList<DrainReport> ReportDrains();
}
