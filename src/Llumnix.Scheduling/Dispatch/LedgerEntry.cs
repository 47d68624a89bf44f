using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>One request in flight in one role on one instance. Lives in the ledger's array; links are indexes, -1 ends a list.</summary>
internal struct LedgerEntry
{
    internal string RequestId;
    internal FullModeInstance Instance;
    internal InferType Role;
    internal long Tokens;
    internal long UncomputedTokens;
    internal long AddedAt;

    internal int NextOfRequest;
    internal int PreviousOfInstance;
    internal int NextOfInstance;
    internal int Older;
    internal int Newer;
}
