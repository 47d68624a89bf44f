using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>
/// The fleet's membership: compares the discovered instances with the members, and builds a new view when they differ. Concurrent calls run one after
/// the other; takes the scheduler's lock only to swap the view.
/// </summary>
/// <param name="policy">The policy, whose state is notified of changes.</param>
/// <param name="fleet">The fleet.</param>
/// <param name="account">The account, which drops the states of departing instances.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">The scheduler's lock.</param>
/// <param name="onChanged">Called under the lock after a change of membership.</param>
internal sealed class LiteModeMembership(
    SchedulingPolicy<LiteModeInstance> policy, LiteModeFleet fleet, RequestStateAccount account, SchedulerClock clock, Lock gate, Action onChanged)
{
    private readonly Lock _synchronizing = new();
    private readonly Dictionary<string, LiteModeInstance> _members = new(StringComparer.Ordinal);

    /// <summary>Makes the membership equal to the discovered instances.</summary>
    internal void Synchronize(IReadOnlyList<DiscoveredInstance> instances)
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
        if (!fleet.IsLoaded || instances.Count != _members.Count)
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
        Swap(fleet.MakeIndexes(view, member => current[member.Id]), departed, changed);
        // After the swap, so that no decision adds to an instance whose states are being dropped; in pieces, each under the lock for a short time.
        departed.ForEach(account.Forget);
    }

    /// <summary>Makes a new instance for a new id, or for a known id with a higher version (a restart). A lower version is no restart.</summary>
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

    private void Swap(LiteModeIndexes indexes, List<LiteModeInstance> departed, List<Description> changed)
    {
        lock (gate)
        {
            departed.ForEach(static instance => instance.Slot = -1);
            foreach (Description description in changed)
            {
                description.Instance.Describe(description.Discovered, description.Address);
            }

            policy.State?.OnMembersChanged(indexes.View.Instances, clock.Now().Ms);
            fleet.Use(indexes);
            onChanged();
        }
    }

    /// <summary>A new description for a member, with the address that is made from it outside of the lock.</summary>
    private readonly record struct Description(LiteModeInstance Instance, DiscoveredInstance Discovered, InstanceAddress Address);
}
