namespace Llumnix.Scheduling.Instances;

/// <summary>The cluster at one moment, for telemetry.</summary>
/// <param name="Instances">Every instance in the view.</param>
/// <param name="LedgerEntries">Requests in flight, counted once per role.</param>
/// <param name="LedgerExpiredTotal">Ledger entries dropped by age or for want of room, since the start.</param>
public sealed record ClusterSnapshot(IReadOnlyList<InstanceSnapshot> Instances, int LedgerEntries, long LedgerExpiredTotal);
