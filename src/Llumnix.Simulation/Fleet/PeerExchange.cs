using Llumnix.Scheduling.Replication;

namespace Llumnix.Simulation.Fleet;

/// <summary>How several schedulers tell each other of their placements.</summary>
/// <param name="Replicas">Their ledgers, each to be told to all others.</param>
public sealed record PeerExchange(IReadOnlyList<LedgerReplica> Replicas)
{
    /// <summary>Least time between two batches, above zero; the first word after a pause goes at once.</summary>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Time from a batch until the other replica has it; not negative.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Share of the batches that are lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Seed of the losses.</summary>
    public int Seed { get; init; } = 1;
}
