using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>One request in one role on one instance: in flight, or acknowledged and waiting there.</summary>
internal struct LedgerEntry
{
    internal string RequestId;
    internal FullModeInstance Instance;
    internal InferType Role;
    internal long Tokens;
    internal long UncomputedTokens;
    internal long AddedAt;

    /// <summary>Whether a status of the instance has named the request as waiting: it is then no longer in flight.</summary>
    internal bool IsAcknowledged;

    /// <summary>Which replica has placed it.</summary>
    internal EntryOrigin Origin;

    /// <summary>Whether the replica that has placed it has seen a status that names it: the instance's next status does so here.</summary>
    internal bool IsOwnerAcknowledged;

    /// <summary>Number of the last status that named the request as waiting, in the ledger's own count of statuses.</summary>
    internal long SeenWaitingIn;
}
