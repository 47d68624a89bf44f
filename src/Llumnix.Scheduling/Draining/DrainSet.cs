using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Draining;

/// <summary>
/// The drains of a scheduler: marks (see <see cref="Mark"/>, which the fleet calls after every change) the instances that they select, and follows them until they are empty. Guarded by the scheduler's lock. Costs a
/// decision nothing.
/// </summary>
/// <param name="clock">The clock.</param>
internal abstract class DrainSet<TInstance>(SchedulerClock clock)
    where TInstance : Instance
{
    /// <summary>Largest number of drains. Drains of processes that have left make room for new ones.</summary>
    internal const int MaxDrains = 256;

    /// <summary>
    /// How long an instance must have had nothing to do until it is safe to delete it: twice the interval of gateways' reports and of idle engines' statuses,
    /// which may know of requests that this scheduler does not.
    /// </summary>
    internal static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(2);

    private readonly OrderedDictionary<DrainSelector, Drain> _drains = [];
    private readonly Dictionary<TInstance, DrainProgress> _progress = [];
    private HashSet<string> _labels = [];

    /// <summary>The drains that were ordered, oldest first.</summary>
    internal IReadOnlyList<Drain> Drains => [.. _drains.Values];

    /// <summary>Whether any instance is draining.</summary>
    internal bool IsAnyDraining => _progress.Count > 0;

    /// <summary>See <see cref="IDrainControl.Drain"/>.</summary>
    internal DrainOutcome Add(DrainSelector selector, ReadOnlySpan<TInstance> members)
    {
        if (selector.Scope != DrainScope.Instance)
        {
            return TryAdd(new Drain(selector), members) ? DrainOutcome.InForce : DrainOutcome.TooMany;
        }

        List<TInstance> named = Named(selector.Value, members);
        if (IsAmbiguous(named))
        {
            return DrainOutcome.AmbiguousInstance;
        }

        DrainOutcome outcome = DrainOutcome.UnknownInstance;
        foreach (TInstance member in named)
        {
            DrainSubject subject = SubjectOf(member);
            outcome = TryAdd(new Drain(selector with { Value = subject.Id }, subject.Process), members) ? DrainOutcome.InForce : DrainOutcome.TooMany;
        }

        return outcome;
    }

    /// <summary>See <see cref="IDrainControl.UndoDrain"/>.</summary>
    internal bool Remove(DrainSelector selector, ReadOnlySpan<TInstance> members)
    {
        bool isRemoved = _drains.Remove(selector);
        if (selector.Scope != DrainScope.Instance)
        {
            return isRemoved;
        }

        List<TInstance> named = Named(selector.Value, members);
        if (IsAmbiguous(named))
        {
            return isRemoved;
        }

        foreach (TInstance member in named)
        {
            isRemoved |= _drains.Remove(selector with { Value = member.Id });
        }

        return isRemoved;
    }

    /// <summary>See <see cref="IDrainControl.FindAmbiguity"/>.</summary>
    internal static IReadOnlyList<string> FindAmbiguity(DrainSelector selector, ReadOnlySpan<TInstance> members) =>
        selector.Scope == DrainScope.Instance && Named(selector.Value, members) is { } named && IsAmbiguous(named)
            ? [.. named.Select(static member => member.Id).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>See <see cref="IDrainControl.RestoreDrains"/>.</summary>
    internal void Restore(IReadOnlyList<Drain> drains)
    {
        _drains.Clear();
        foreach (Drain drain in drains.Where(static drain => drain.Selector.Scope != DrainScope.Terminating).Take(MaxDrains))
        {
            _drains[drain.Selector] = drain;
        }
    }

    /// <summary>Marks the draining instances. Called when the members, what they are described by, or the drains have changed.</summary>
    internal void Mark(ReadOnlySpan<TInstance> members)
    {
        if (_drains.Count > 0)
        {
            DropSucceeded(members);
        }

        _labels = [.. _drains.Keys.Where(static key => key.Scope == DrainScope.Label).Select(static key => key.Value)];
        var before = new Dictionary<TInstance, DrainProgress>(_progress);
        _progress.Clear();
        long now = clock.Now().Timestamp;
        foreach (TInstance member in members)
        {
            DrainSubject subject = SubjectOf(member);
            member.IsDraining = IsSelected(in subject);
            if (!member.IsDraining)
            {
                continue;
            }

            if (!before.TryGetValue(member, out DrainProgress? progress))
            {
                progress = new DrainProgress(now);
                progress.Observe(WorkOf(member), now);
            }

            _progress.Add(member, progress);
        }
    }

    /// <summary>Notes that an instance's load has changed.</summary>
    internal void OnLoadChanged(TInstance instance)
    {
        if (instance.IsDraining && _progress.TryGetValue(instance, out DrainProgress? progress))
        {
            progress.Observe(WorkOf(instance), clock.Now().Timestamp);
        }
    }

    /// <summary>See <see cref="IDrainControl.ReportDrains"/>.</summary>
    internal IReadOnlyList<DrainReport> Report()
    {
        long now = clock.Now().Timestamp;
        (DrainSubject Subject, DrainingInstance Report)[] draining =
        [
            .. _progress.Select(pair => (SubjectOf(pair.Key), ReportOf(pair.Key, pair.Value, now)))
                .OrderBy(static pair => pair.Item1.Id, StringComparer.Ordinal),
        ];
        List<DrainReport> reports = [.. _drains.Values.Select(drain => new DrainReport(drain.Selector, Selected(drain)))];
        IReadOnlyList<DrainingInstance> terminating = Selected(Drain.Terminating);
        if (terminating.Count > 0)
        {
            reports.Add(new DrainReport(Drain.Terminating.Selector, terminating));
        }

        return reports;

        IReadOnlyList<DrainingInstance> Selected(Drain drain) =>
            [.. draining.Where(pair => drain.Matches(in pair.Subject)).Select(static pair => pair.Report)];
    }

    /// <summary>What drains select an instance by.</summary>
    protected abstract DrainSubject SubjectOf(TInstance instance);

    /// <summary>What an instance has to do, as far as the scheduler knows.</summary>
    protected abstract DrainWork WorkOf(TInstance instance);

    /// <summary>Why the scheduler cannot know what an instance has had to do since a timestamp; null when it can.</summary>
    protected abstract string? WhyUnknown(TInstance instance, long since);

    /// <summary>The instances that a name means. An id is unique, and means its instance alone even if it is another name of other ones.</summary>
    private static List<TInstance> Named(string name, ReadOnlySpan<TInstance> members)
    {
        List<TInstance> named = [];
        foreach (TInstance member in members)
        {
            if (member.Id == name)
            {
                return [member];
            }

            if (member.Address.IsNamed(name))
            {
                named.Add(member);
            }
        }

        return named;
    }

    /// <summary>Whether instances of one name are several engines: ranks of one engine have its host and port in common.</summary>
    private static bool IsAmbiguous(List<TInstance> named) =>
        named.Exists(member => member.Address.Host != named[0].Address.Host || member.Address.Port != named[0].Address.Port);

    /// <summary>Looks the instance up in the drains, since there may be many of both: the time is that of the lock.</summary>
    private bool IsSelected(in DrainSubject subject) =>
        subject.IsTerminating
        || (_drains.Count > 0
            && (_drains.ContainsKey(new DrainSelector(DrainScope.Instance, subject.Id))
                || _drains.ContainsKey(new DrainSelector(DrainScope.Node, subject.NodeId))
                || _drains.ContainsKey(new DrainSelector(DrainScope.Unit, subject.UnitId))
                || HasDrainedLabel(subject.Labels)));

    private bool HasDrainedLabel(ReadOnlySpan<char> labels)
    {
        if (_labels.Count == 0)
        {
            return false;
        }

        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> drained = _labels.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (Range range in labels.Split(','))
        {
            if (drained.Contains(labels[range]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Drops the drains of processes that were followed by another one of the same instance.</summary>
    private void DropSucceeded(ReadOnlySpan<TInstance> members)
    {
        foreach (TInstance member in members)
        {
            DrainSubject subject = SubjectOf(member);
            var selector = new DrainSelector(DrainScope.Instance, subject.Id);
            if (_drains.TryGetValue(selector, out Drain? drain) && !drain.Matches(in subject))
            {
                _drains.Remove(selector);
            }
        }
    }

    private bool TryAdd(Drain drain, ReadOnlySpan<TInstance> members)
    {
        if (_drains.Count >= MaxDrains)
        {
            DropLeft(members);
        }

        if (_drains.Count >= MaxDrains && !_drains.ContainsKey(drain.Selector))
        {
            return false;
        }

        _drains.TryAdd(drain.Selector, drain);
        return true;
    }

    /// <summary>Drops the drains of instances that have left the fleet.</summary>
    private void DropLeft(ReadOnlySpan<TInstance> members)
    {
        var ids = new HashSet<string>(members.Length, StringComparer.Ordinal);
        foreach (TInstance member in members)
        {
            ids.Add(member.Id);
        }

        foreach (DrainSelector left in _drains.Keys.Where(key => key.Scope == DrainScope.Instance && !ids.Contains(key.Value)).ToArray())
        {
            _drains.Remove(left);
        }
    }

    private DrainingInstance ReportOf(TInstance instance, DrainProgress progress, long now)
    {
        DrainWork work = WorkOf(instance);
        progress.Observe(in work, now);
        return new DrainingInstance(
            instance.Address,
            instance.InferType,
            work,
            clock.Between(progress.StartedAt, now),
            progress.AtStart,
            progress.EmptyIn(now) is { } ticks ? clock.ToTimeSpan(ticks) : null,
            WhyNotSafe(instance, in work, progress, now));
    }

    private string? WhyNotSafe(TInstance instance, in DrainWork work, DrainProgress progress, long now) =>
        work.Requests > 0 ? "it has requests"
        : work.MigratingOut > 0 ? "requests are being migrated away"
        : work.KvTokens > 0 ? "its KV cache is in use: another engine may have to pull it"
        : WhyUnknown(instance, progress.StartedAt) is { } reason ? reason
        : progress.NothingSince is not { } since || clock.Between(since, now) < SettleTime ? "it has been empty for a moment only"
        : null;
}
