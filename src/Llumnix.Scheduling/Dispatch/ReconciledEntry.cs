using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>One request in one role on one instance, followed until it has ended and a reading shows that.</summary>
internal struct ReconciledEntry
{
    internal string RequestId;
    internal FullModeInstance Instance;
    internal InferType Role;

    /// <summary>Tokens of the prompt and, as far as gateways have reported it, of the output.</summary>
    internal long Tokens;

    internal long PromptTokens;
    internal long UncomputedTokens;
    internal long AddedAt;

    /// <summary>When it was placed, reported or ended: what is silent for long is dropped.</summary>
    internal long TouchedAt;

    internal EntryPhase Phase;

    /// <summary>Which replica has placed it.</summary>
    internal EntryOrigin Origin;

    /// <summary>The phase when it ended.</summary>
    internal EntryPhase EndedIn;

    /// <summary>When the engine was asked for the reading that first showed it admitted; 0 before.</summary>
    internal long AdmittedBy;

    /// <summary>Whether its first token is out, so that nothing of its prompt is left to compute.</summary>
    internal bool HasFirstToken;

    /// <summary>Whether its prompt is still to be computed here, as far as is known.</summary>
    internal readonly bool IsPrefillOutstanding =>
        Role != InferType.Decode && !HasFirstToken && Phase is EntryPhase.InFlight or EntryPhase.Waiting or EntryPhase.Prefilling;

    /// <summary>What the entry adds to its instance's load in flight.</summary>
    internal readonly DispatchedLoad Dispatched
    {
        get
        {
            bool isDecode = Role != InferType.Prefill;
            long uncomputed = Role == InferType.Decode || HasFirstToken ? 0 : UncomputedTokens;
            return Phase switch
            {
                EntryPhase.InFlight => new DispatchedLoad(1, Role == InferType.Decode ? 0 : 1, uncomputed, isDecode ? 1 : 0, isDecode ? Tokens : 0),
                EntryPhase.Waiting => new DispatchedLoad(0, 0, uncomputed, 0, isDecode ? Tokens : 0),
                EntryPhase.Prefilling => new DispatchedLoad(0, 0, uncomputed, 0, 0),
                _ => default,
            };
        }
    }

    /// <summary>What of the reading's load has ended with the entry. A waiting request holds no KV tokens.</summary>
    internal readonly EndedLoad Ended => Phase == EntryPhase.Ended && Role != InferType.Prefill
        ? new EndedLoad(1, EndedIn == EntryPhase.Waiting ? 0 : Tokens)
        : default;
}
