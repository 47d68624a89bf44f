namespace Llumnix.Scheduling.Replication;

/// <summary>
/// The instances that a replica places on first where several replicas decide: of n replicas each takes every n-th instance, by slot. All instances while no other
/// replica is connected. Guarded by the scheduler's lock.
/// </summary>
public sealed class ReplicaShare
{
    /// <summary>Slot of the first instance of the share: this replica's number among those that are connected, in the order of their names.</summary>
    internal int First { get; private set; }

    /// <summary>Slots from one instance of the share to the next: the number of replicas that are connected, this one included.</summary>
    internal int Step { get; private set; } = 1;

    /// <summary>Whether no other replica is connected.</summary>
    internal bool IsWhole => Step == 1;

    /// <summary>Takes over which replicas are connected.</summary>
    /// <param name="self">This replica's name.</param>
    /// <param name="others">The names of the others. One that is restarted may be connected by two streams for a while, and counts once.</param>
    internal void Divide(string self, IEnumerable<string> others)
    {
        string[] names = [.. others.Where(name => name != self).Distinct(StringComparer.Ordinal)];
        (First, Step) = (names.Count(name => string.CompareOrdinal(name, self) < 0), names.Length + 1);
    }
}
