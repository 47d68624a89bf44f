using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Draining;

/// <summary>The drains of a scheduler for its users, under its lock.</summary>
/// <param name="gate">The scheduler's lock.</param>
/// <param name="fleet">The instances.</param>
/// <param name="drainSet">Their drains.</param>
/// <param name="mark">Marks the instances that are draining; called under the lock when drains have changed.</param>
/// <param name="bringUpToDate">Brings up to date what instances have to do; called without the lock.</param>
internal sealed class DrainControl<TInstance>(Lock gate, Fleet<TInstance> fleet, DrainSet<TInstance> drainSet, Action mark, Action bringUpToDate) : IDrainControl
    where TInstance : Instance
{
    /// <inheritdoc/>
    public IReadOnlyList<Drain> Drains
    {
        get
        {
            lock (gate)
            {
                return drainSet.Drains;
            }
        }
    }

    /// <inheritdoc/>
    public DrainOutcome Drain(DrainSelector selector)
    {
        lock (gate)
        {
            DrainOutcome outcome = drainSet.Add(selector, fleet.Instances);
            mark();
            return outcome;
        }
    }

    /// <inheritdoc/>
    public bool UndoDrain(DrainSelector selector)
    {
        lock (gate)
        {
            bool isUndone = drainSet.Remove(selector, fleet.Instances);
            mark();
            return isUndone;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FindAmbiguity(DrainSelector selector)
    {
        lock (gate)
        {
            return DrainSet<TInstance>.FindAmbiguity(selector, fleet.Instances);
        }
    }

    /// <inheritdoc/>
    public void RestoreDrains(IReadOnlyList<Drain> drains)
    {
        lock (gate)
        {
            drainSet.Restore(drains);
            mark();
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListInstances()
    {
        string[] ids;
        lock (gate)
        {
            ids = [.. fleet.Instances.ToArray().Select(static instance => instance.Address.InstanceId)];
        }

        Array.Sort(ids, StringComparer.Ordinal);
        return ids;
    }

    /// <inheritdoc/>
    public IReadOnlyList<DrainReport> ReportDrains()
    {
        bringUpToDate();
        lock (gate)
        {
            return drainSet.Report();
        }
    }
}
