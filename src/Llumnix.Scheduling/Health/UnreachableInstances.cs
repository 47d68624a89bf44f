using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>
/// Takes out the instances that probes found unreachable: at most a share of the healthy ones, the longest unreachable first. None is taken out when all
/// healthy instances are unreachable: then the network of the scheduler is the more likely cause.
/// </summary>
/// <param name="maxPercent">The share, in percent; at least one instance may be out.</param>
internal sealed class UnreachableInstances(int maxPercent)
{
    private readonly List<FullModeInstance> _found = [];

    /// <summary>Turns <see cref="InstanceHealth.Ok"/> into <see cref="InstanceHealth.Unreachable"/>.</summary>
    internal void Apply(ReadOnlySpan<FullModeInstance> instances)
    {
        _found.Clear();
        int healthy = 0;
        foreach (FullModeInstance instance in instances)
        {
            if (instance.Health == InstanceHealth.Ok)
            {
                healthy++;
                if (instance.UnreachableSince is not null)
                {
                    _found.Add(instance);
                }
            }
        }

        if (_found.Count == healthy)
        {
            return;
        }

        // The order keeps an instance out for as long as it is unreachable, however many follow.
        _found.Sort(static (a, b) => a.UnreachableSince!.Value.CompareTo(b.UnreachableSince!.Value) is var bySince and not 0 ? bySince : a.Slot.CompareTo(b.Slot));
        int limit = Math.Min(_found.Count, Math.Max(1, (int)((long)healthy * maxPercent / 100)));
        for (int i = 0; i < limit; i++)
        {
            _found[i].Health = InstanceHealth.Unreachable;
        }
    }
}
