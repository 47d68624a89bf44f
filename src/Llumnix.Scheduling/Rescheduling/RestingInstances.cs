using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Which instances rest after a llumlet's answer. What a migration changes shows in statuses only later; acting on the same status again would
/// move the same difference twice. So both ends rest until they have reported, by when we read it: nobody's clock but ours counts. Not thread-safe.
/// </summary>
/// <param name="time">Monotonic time, the same as the scheduler's.</param>
public sealed class RestingInstances(TimeProvider time)
{
    /// <summary>
    /// The longest rest of an instance that is to be emptied: it may never report again. Five times what engines let pass at most between two statuses.
    /// </summary>
    public static readonly TimeSpan LongestRestOfFailing = TimeSpan.FromSeconds(5);

    private readonly Dictionary<InstanceIncarnation, long> _answeredAt = [];

    /// <summary>Instances that rest, or did when a plan was made last.</summary>
    public int Count => _answeredAt.Count;

    /// <summary>The source's llumlet was asked for a migration, and its answer has come or is no longer waited for: both ends rest from now on.</summary>
    public void OnAnswered(MigrationPair pair)
    {
        long now = time.GetTimestamp();
        _answeredAt[pair.Source.Incarnation] = now;
        _answeredAt[pair.Destination.Incarnation] = now;
    }

    /// <summary>Forgets those that have left or have rested.</summary>
    internal void Update(IReadOnlyList<FullModeInstance> instances)
    {
        if (_answeredAt.Count == 0)
        {
            return;
        }

        HashSet<InstanceIncarnation> resting = [.. instances.Where(IsUnsettled).Select(static instance => instance.Metadata.Incarnation)];
        foreach (InstanceIncarnation rested in _answeredAt.Keys.Where(key => !resting.Contains(key)).ToArray())
        {
            _answeredAt.Remove(rested);
        }
    }

    /// <summary>Whether no status of an instance was read since its last migration: enough for a policy that moves one request at a time.</summary>
    internal bool IsResting(FullModeInstance instance) =>
        _answeredAt.TryGetValue(instance.Metadata.Incarnation, out long answeredAt) && instance.LastAdvance <= answeredAt;

    /// <summary>
    /// Whether fewer than two statuses were read since: the first may have been written before the answer; the second was written after the first
    /// had been read, and so after it. For a policy that moves a share of the difference, which must not be moved twice.
    /// </summary>
    internal bool IsUnsettled(FullModeInstance instance) =>
        _answeredAt.TryGetValue(instance.Metadata.Incarnation, out long answeredAt) && instance.AdvanceBefore <= answeredAt;

    /// <summary>Whether an instance that is to be emptied rests: for <see cref="LongestRestOfFailing"/> at most.</summary>
    internal bool IsRestingWhileFailing(FullModeInstance instance) =>
        IsResting(instance) && time.GetElapsedTime(_answeredAt[instance.Metadata.Incarnation]) < LongestRestOfFailing;
}
