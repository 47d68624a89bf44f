using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling;

/// <summary>Takes over what discovery has found. One call at a time: members are only changed here.</summary>
public sealed partial class LiteModeScheduler
{
    private readonly Lock _synchronizing = new();
    private readonly Dictionary<string, LiteModeInstance> _members = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances)
    {
        lock (_synchronizing)
        {
            if (IsChanged(instances))
            {
                Change(instances);
            }
        }
    }

    private bool IsChanged(IReadOnlyList<DiscoveredInstance> instances)
    {
        if (!_isViewLoaded || instances.Count != _members.Count)
        {
            return true;
        }

        for (int i = 0; i < instances.Count; i++)
        {
            if (!_members.TryGetValue(instances[i].Id, out LiteModeInstance? member) || member.Description != instances[i])
            {
                return true;
            }
        }

        return false;
    }

    private void Change(IReadOnlyList<DiscoveredInstance> instances)
    {
        var current = new Dictionary<string, DiscoveredInstance>(instances.Count, StringComparer.Ordinal);
        var departed = new List<LiteModeInstance>();
        foreach (DiscoveredInstance instance in instances)
        {
            current[instance.Id] = instance;
            TakeOver(instance, departed);
        }

        LiteModeInstance[] gone = [.. _members.Values.Where(member => !current.ContainsKey(member.Id))];
        Array.ForEach(gone, member => _members.Remove(member.Id));
        departed.AddRange(gone);
        var view = new ClusterView<LiteModeInstance>([.. _members.Values], member => current[member.Id].InferType);
        List<Description> changed =
        [
            .. _members.Values
                .Where(member => member.Description != current[member.Id])
                .Select(member => new Description(member, current[member.Id], LiteModeInstance.AddressOf(current[member.Id]))),
        ];
        Swap(MakeIndexes(view, member => current[member.Id]), departed, changed);
        departed.ForEach(DropStates);
    }

    /// <summary>A new id, or a known one with a higher version, becomes a new instance. A lower version is no restart.</summary>
    private void TakeOver(DiscoveredInstance found, List<LiteModeInstance> departed)
    {
        bool isKnown = _members.TryGetValue(found.Id, out LiteModeInstance? member);
        if (isKnown && found.Version <= member!.HighestVersion)
        {
            return;
        }

        if (isKnown)
        {
            departed.Add(member!);
        }

        _members[found.Id] = new LiteModeInstance(found);
    }

    private void Swap(Indexes indexes, List<LiteModeInstance> departed, List<Description> changed)
    {
        lock (Gate)
        {
            departed.ForEach(static instance => instance.Slot = -1);
            foreach (Description description in changed)
            {
                description.Instance.Describe(description.Discovered, description.Address);
            }

            // Requests of lite mode carry no moments either.
            Policy.State?.OnMembersChanged(indexes.View.Instances, nowMs: 0);
            indexes.View.AssignSlots();
            _indexes = indexes;
            foreach (LiteModeInstance instance in indexes.View.Instances)
            {
                indexes.Table.Refresh(instance);
            }

            _isViewLoaded = true;
        }
    }

    private void DropStates(LiteModeInstance departed)
    {
        bool isMore = true;
        while (isMore)
        {
            lock (Gate)
            {
                isMore = _states.RemoveSome(ref departed.States, StatesPerLock);
            }
        }
    }

    /// <summary>A description that a member takes over, with what is made from it outside of the lock.</summary>
    private readonly record struct Description(LiteModeInstance Instance, DiscoveredInstance Discovered, InstanceAddress Address);
}
