using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>
/// The health of every instance of one view, and the slots of the healthy ones per infer type. Recomputed when an input changes or the earliest
/// staleness deadline passes, not per decision.
/// </summary>
internal sealed class HealthIndex
{
    private readonly ClusterView<FullModeInstance> _view;
    private readonly FailoverDomainIndex _domains;
    private readonly SharedAddresses _addresses;
    private readonly long _stalenessLimit;
    private readonly bool _areStaleLastResort;
    private readonly UnreachableInstances _unreachable;
    private readonly int[] _healthySlots;
    private readonly int[] _starts = new int[4];
    private bool _isOutdated = true;
    private long _nextDeadline;

    /// <summary>A number that is another one, but for a rare coincidence, when the health of an instance is.</summary>
    internal int Fingerprint { get; private set; }

    /// <param name="view">The view.</param>
    /// <param name="metadataOf">The metadata that the view was built from; the instances may still have older ones.</param>
    /// <param name="domain">The failover domain.</param>
    /// <param name="stalenessLimit">Staleness limit, in ticks of the monotonic clock.</param>
    /// <param name="maxUnreachablePercent">See <see cref="FailoverOptions.MaxUnreachablePercent"/>.</param>
    /// <param name="areStaleLastResort">Whether the stale instances of an infer type are its healthy slots where it has no other.</param>
    internal HealthIndex(
        ClusterView<FullModeInstance> view,
        Func<FullModeInstance, InstanceMetadata> metadataOf,
        FailoverDomain domain,
        long stalenessLimit,
        int maxUnreachablePercent,
        bool areStaleLastResort)
    {
        _view = view;
        _domains = new FailoverDomainIndex(domain, view.Instances, metadataOf);
        _addresses = new SharedAddresses(view.Instances, metadataOf);
        _stalenessLimit = stalenessLimit;
        _areStaleLastResort = areStaleLastResort;
        _unreachable = new UnreachableInstances(maxUnreachablePercent);
        _healthySlots = new int[view.Count];
    }

    /// <summary>Called when the view comes into use: tells its instances whether they share an address.</summary>
    internal void Attach() => _addresses.MarkInstances(_view.Instances);

    /// <summary>
    /// Marks the health as outdated: an instance became schedulable, unschedulable or unreachable, drains have changed, its status became or stopped being a leftover, an instance
    /// that is stale, unreachable or shares its address has advanced, or a probe found that an instance became or stopped being unreachable.
    /// </summary>
    internal void Invalidate() => _isOutdated = true;

    /// <summary>Recomputes the health if it is outdated or a deadline has passed; otherwise costs nothing.</summary>
    /// <returns>Whether it was recomputed.</returns>
    internal bool Refresh(long now)
    {
        bool isDue = _isOutdated || now >= _nextDeadline;
        if (isDue)
        {
            Recompute(now);
        }

        return isDue;
    }

    /// <summary>Slots of the healthy instances of an infer type, ascending.</summary>
    internal ReadOnlySpan<int> HealthySlots(InferType inferType) =>
        _healthySlots.AsSpan(_starts[(int)inferType].._starts[(int)inferType + 1]);

    /// <summary>Slots of all healthy instances, ascending.</summary>
    internal ReadOnlySpan<int> HealthySlots() => _healthySlots.AsSpan(0, _starts[3]);

    /// <summary>Whether a stale instance is among the healthy slots of its infer type, which has no other.</summary>
    internal bool IsLastResort(FullModeInstance instance) =>
        instance.Health == InstanceHealth.Stale && HealthySlots(instance.InferType).BinarySearch(instance.Slot) >= 0;

    /// <summary>Whether no instance has a fresh status.</summary>
    internal bool IsEveryInstanceStale()
    {
        foreach (FullModeInstance instance in _view.Instances)
        {
            if (!instance.IsStale)
            {
                return false;
            }
        }

        return true;
    }

    private void Recompute(long now)
    {
        _isOutdated = false;
        _nextDeadline = long.MaxValue;
        foreach (FullModeInstance instance in _view.Instances)
        {
            long deadline = instance.LastAdvance + _stalenessLimit;
            instance.IsStale = instance.IsLeftover || now > deadline;
            if (!instance.IsStale)
            {
                _nextDeadline = Math.Min(_nextDeadline, deadline + 1);
            }

            instance.IsReplaced = false;
            // First: an instance that is taken away is no failure when it falls silent, and no last resort.
            instance.Health = instance.IsDraining ? InstanceHealth.Draining
                : !instance.IsSchedulable ? (instance.LastReadStatus.IsUnreachable ? InstanceHealth.Unreachable : InstanceHealth.Unschedulable)
                : instance.IsStale ? InstanceHealth.Stale
                : InstanceHealth.Ok;
        }

        _addresses.FindReplaced();
        _domains.Apply(_view.Instances);
        _unreachable.Apply(_view.Instances);
        CollectHealthySlots();
        var fingerprint = new HashCode();
        foreach (FullModeInstance instance in _view.Instances)
        {
            fingerprint.Add((int)instance.Health);
        }

        Fingerprint = fingerprint.ToHashCode();
    }

    private void CollectHealthySlots()
    {
        int count = 0;
        for (InferType type = InferType.Neutral; type <= InferType.Decode; type++)
        {
            _starts[(int)type] = count;
            count = Collect(type, InstanceHealth.Ok, count);
            if (_areStaleLastResort && count == _starts[(int)type])
            {
                count = Collect(type, InstanceHealth.Stale, count);
            }
        }

        _starts[3] = count;
    }

    private int Collect(InferType type, InstanceHealth health, int count)
    {
        (int start, int end) = _view.SlotsOf(type);
        for (int slot = start; slot < end; slot++)
        {
            if (_view.Instances[slot].Health == health)
            {
                _healthySlots[count++] = slot;
            }
        }

        return count;
    }
}
