using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// The instances that rest after a llumlet's answer. The effect of a migration only shows in later statuses, and acting on the same status again
/// would move the same difference twice. Both ends therefore rest until they have reported, measured by the times at which this process read their
/// statuses, so that no other clock matters. Not thread-safe.
/// </summary>
/// <param name="time">Monotonic time, the same as the scheduler's.</param>
public sealed class RestingInstances(TimeProvider time)
{
    /// <summary>
    /// The longest rest of an instance that is being emptied, since it may never report again: five times the engines' longest interval between
    /// statuses.
    /// </summary>
    public static readonly TimeSpan LongestRestOfFailing = TimeSpan.FromSeconds(5);

    private readonly Dictionary<InstanceIncarnation, long> _answeredAt = [];

    /// <summary>Number of instances that rest, or did when the last plan was made.</summary>
    public int Count => _answeredAt.Count;

    /// <summary>Begins the rest of both ends, when the source's llumlet has answered or its answer is no longer awaited.</summary>
    public void OnAnswered(MigrationPair pair)
    {
        long now = time.GetTimestamp();
        _answeredAt[pair.Source.Incarnation] = now;
        _answeredAt[pair.Destination.Incarnation] = now;
    }

    /// <summary>Removes the instances that have left or have rested.</summary>
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

    /// <summary>
    /// Whether no status of an instance was read since its last migration: sufficient for policies that move one request at a time.
    /// </summary>
    internal bool IsResting(FullModeInstance instance) =>
        _answeredAt.TryGetValue(instance.Metadata.Incarnation, out long answeredAt) && instance.LastAdvance <= answeredAt;

    /// <summary>
    /// Whether fewer than two statuses were read since its last migration. The first may have been written before the answer; the second was written
    /// after the first was read, and so after the answer. For policies that move a share of the difference.
    /// </summary>
    internal bool IsUnsettled(FullModeInstance instance) =>
        _answeredAt.TryGetValue(instance.Metadata.Incarnation, out long answeredAt) && instance.AdvanceBefore <= answeredAt;

    /// <summary>Whether an instance that is being emptied rests, which it does for <see cref="LongestRestOfFailing"/> at most.</summary>
    internal bool IsRestingWhileFailing(FullModeInstance instance) =>
        IsResting(instance) && time.GetElapsedTime(_answeredAt[instance.Metadata.Incarnation]) < LongestRestOfFailing;
}
