using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>One request in flight in one role on one instance.</summary>
internal struct LedgerEntry
{
    internal string RequestId;
    internal FullModeInstance Instance;
    internal InferType Role;
    internal long Tokens;
    internal long UncomputedTokens;
    internal long AddedAt;

    /// <summary>The engine's status names the request: it is no longer in flight, but waits there.</summary>
    internal bool IsAcknowledged;

    /// <summary>Number of the last status in whose waiting requests it was.</summary>
    internal long SeenWaitingIn;
}
