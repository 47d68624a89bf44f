using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Health;

/// <summary>
/// Ranks instances whose last <see cref="EngineReading"/> is old behind those that look the same and were read in time: each reading that is missing since counts as a
/// token in <see cref="FullModeInstance.Unseen"/>, so that such an instance never counts as idle.
/// </summary>
/// <remarks>
/// Ages are measured from the newest reading of the fleet, not from the present: when nothing is read any more, the fault is the reading's, and no order
/// changes. Guarded by the scheduler's lock.
/// </remarks>
/// <param name="interval">Time between two readings of an instance, above 0; in ticks of timestamps.</param>
/// <param name="onLoadChanged">Called after the assumed load of an instance has changed.</param>
internal sealed class ReadingAges(long interval, Action<FullModeInstance> onLoadChanged)
{
    /// <summary>
    /// As few as can be: a whole mean prompt for each missing reading raises TTFT p99 by a tenth to a quarter where two thirds of the reads are missing, since what is
    /// assumed then changes the order of instances more than requests of others do (bench/studies/plain-engines).
    /// </summary>
    private const long TokensPerMissingReading = 1;

    /// <summary>Of a fleet up to this size all ages are looked at with each batch of readings.</summary>
    private const int MinLooks = 32;

    private long _newest = long.MinValue;
    private int _next;

    /// <summary>
    /// Looks at some instances after a batch of readings was taken over: two for each reading, so that each instance is looked at twice per interval, and no decision
    /// has to look at the whole fleet.
    /// </summary>
    /// <param name="instances">The instances of the view.</param>
    /// <param name="readings">Number of readings in the batch.</param>
    internal void OnReadings(ReadOnlySpan<FullModeInstance> instances, int readings)
    {
        int looks = Math.Min(instances.Length, Math.Max(2 * readings, MinLooks));
        for (int i = 0; i < looks; i++)
        {
            _next = _next < instances.Length ? _next : 0;
            Look(instances[_next++]);
        }
    }

    /// <summary>Notes the age of a reading that was just taken over.</summary>
    internal void OnReading(EngineReading reading) => _newest = Math.Max(_newest, reading.AskedAt);

    /// <summary>Looks at all instances; called when some have become stale or are no longer.</summary>
    internal void LookAtAll(ReadOnlySpan<FullModeInstance> instances)
    {
        foreach (FullModeInstance instance in instances)
        {
            _newest = Math.Max(_newest, instance.Status.Reading?.AskedAt ?? long.MinValue);
        }

        foreach (FullModeInstance instance in instances)
        {
            Look(instance);
        }
    }

    private void Look(FullModeInstance instance)
    {
        DispatchedLoad unseen = Unseen(instance, _newest);
        if (unseen != instance.Unseen)
        {
            instance.Unseen = unseen;
            onLoadChanged(instance);
        }
    }

    /// <summary>Nothing is assumed of a stale instance: it takes requests only among its like, by the own account.</summary>
    private DispatchedLoad Unseen(FullModeInstance instance, long newest)
    {
        if (instance.IsStale || instance.Status.Reading is not { } reading)
        {
            return default;
        }

        // One interval apart is as it should be; the next reading is missing when a second one has passed.
        long missing = Math.Max(0, ((newest - reading.AskedAt) / interval) - 1);
        long tokens = missing * TokensPerMissingReading;
        bool isPrefill = instance.InferType != InferType.Decode;
        bool isDecode = instance.InferType != InferType.Prefill;
        return new DispatchedLoad(0, 0, isPrefill ? tokens : 0, 0, isDecode ? tokens : 0);
    }
}
