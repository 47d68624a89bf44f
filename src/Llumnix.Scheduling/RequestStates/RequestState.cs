using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>One request in one role on one instance, as reported by its gateway.</summary>
internal struct RequestState
{
    internal string RequestId;
    internal LiteModeInstance Instance;
    internal Gateway Gateway;
    internal InferType Role;
    internal long Tokens;
    internal bool IsPrefillDone;

    /// <summary>Whether a report made it known, not a placement here: another scheduler has placed it, or this one before a restart.</summary>
    internal bool IsFromReport;

    /// <summary>Which replica has placed it, or knows it from a report.</summary>
    internal EntryOrigin Origin;

    /// <summary>The engine's generation when the request was placed.</summary>
    internal long Version;

    /// <summary>Timestamp of the last schedule or report.</summary>
    internal long TouchedAt;

    /// <summary>
    /// Timestamp from which its lifetime counts: the last schedule or report, or the last check at which its gateway vouched for it.
    /// </summary>
    internal long AgedFrom;
}
