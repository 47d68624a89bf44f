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
}
