using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>
/// Makes the decisions of both modes, under one short lock: determines the roles of a request, lets the policy choose a candidate for each, and adds
/// the placements to the account. Full and lite mode differ in the fleet and the account only.
/// </summary>
/// <param name="policy">The policy; not shared with another scheduler.</param>
/// <param name="fleet">The instances.</param>
/// <param name="account">The account of placements.</param>
/// <param name="clock">The clock.</param>
/// <param name="gate">Guards fleet, account, policy state and history. Parsing, sorting and indexing happen outside of it.</param>
/// <param name="history">Where decisions are recorded; null where they are not.</param>
internal sealed class RequestScheduler<TInstance>(
    SchedulingPolicy<TInstance> policy, Fleet<TInstance> fleet, Account<TInstance> account, SchedulerClock clock, Lock gate, DecisionHistory? history = null)
    : IRequestScheduler
    where TInstance : Instance
{
    private readonly DecisionRecorder<TInstance>? _recorder = history is null ? null : new DecisionRecorder<TInstance>(policy, fleet, history);

    /// <summary>Scratch memory for the slots that remain after exclusions; grown on first use, since only retries after a failed engine exclude any.</summary>
    private int[] _allowed = [];

    /// <inheritdoc/>
    public ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement)
    {
        lock (gate)
        {
            Moment now = BringUpToDate();
            RequestFacts facts = account.FactsOf(in request, now);
            return request.Mode == SchedulingMode.PdBatch
                ? PlacePair(in request, in facts, now, out placement)
                : PlaceOne(in request, in facts, now, out placement);
        }
    }

    /// <inheritdoc/>
    public void Release(string requestId, in ReleasedInstance instance)
    {
        lock (gate)
        {
            account.Release(requestId, in instance);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RoleExplanation> Explain(in PlacementRequest request)
    {
        InferType[] roles = request.Mode == SchedulingMode.PdBatch ? [InferType.Prefill, InferType.Decode] : [OnlyRoleOf(in request)];
        var outcomes = new ScheduleOutcome[roles.Length];
        var traces = new DecisionTrace<TInstance>[roles.Length];
        lock (gate)
        {
            Moment now = BringUpToDate();
            RequestFacts facts = account.FactsOf(in request, now);
            SchedulingPolicy<TInstance> explained = policy with { State = policy.State?.Copy() };
            for (int i = 0; i < roles.Length; i++)
            {
                traces[i] = Trace(in request, roles[i], in facts, explained, out outcomes[i]);
            }
        }

        return [.. roles.Select((role, i) => Explanation(role, outcomes[i], traces[i]))];
    }

    /// <summary>Applies the passage of time: expires entries of the account and refreshes health. Called under the lock.</summary>
    internal Moment BringUpToDate()
    {
        Moment now = clock.Now();
        account.Expire(now);
        fleet.Refresh(now);
        return now;
    }

    private static InferType OnlyRoleOf(in PlacementRequest request) =>
        request.Mode == SchedulingMode.PdStaged ? request.Stage : InferType.Neutral;

    private ScheduleOutcome PlaceOne(in PlacementRequest request, in RequestFacts facts, Moment now, out Placement placement)
    {
        InferType role = OnlyRoleOf(in request);
        ScheduleOutcome outcome = Choose(in request, role, in facts, now, out Selection selection);
        placement = outcome == ScheduleOutcome.Placed ? new Placement(Commit(in request, selection, role, in facts, now), null) : default;
        return outcome;
    }

    private ScheduleOutcome PlacePair(in PlacementRequest request, in RequestFacts facts, Moment now, out Placement placement)
    {
        // Both are chosen before either is committed: all or nothing.
        ScheduleOutcome prefillOutcome = Choose(in request, InferType.Prefill, in facts, now, out Selection prefill);
        ScheduleOutcome decodeOutcome = Choose(in request, InferType.Decode, in facts, now, out Selection decode);
        if (prefillOutcome != ScheduleOutcome.Placed || decodeOutcome != ScheduleOutcome.Placed)
        {
            placement = default;
            ScheduleOutcome refusal = RefusalOfPair(prefillOutcome, decodeOutcome);
            _recorder?.OnPairRefused(refusal);
            return refusal;
        }

        placement = new Placement(
            Commit(in request, prefill, InferType.Prefill, in facts, now),
            Commit(in request, decode, InferType.Decode, in facts, now));
        return ScheduleOutcome.Placed;
    }

    /// <summary>
    /// Of the two roles' reasons, the one that is expected to last longer: an infer type without instances, then a prompt that fits nowhere, then busy
    /// instances.
    /// </summary>
    private static ScheduleOutcome RefusalOfPair(ScheduleOutcome prefill, ScheduleOutcome decode) =>
        prefill == ScheduleOutcome.StoreNotAvailable || decode == ScheduleOutcome.StoreNotAvailable ? ScheduleOutcome.StoreNotAvailable
        : prefill == ScheduleOutcome.EndpointNotFound || decode == ScheduleOutcome.EndpointNotFound ? ScheduleOutcome.EndpointNotFound
        : prefill == ScheduleOutcome.PromptTooLong || decode == ScheduleOutcome.PromptTooLong ? ScheduleOutcome.PromptTooLong
        : prefill == ScheduleOutcome.AllExcluded || decode == ScheduleOutcome.AllExcluded ? ScheduleOutcome.AllExcluded
        : prefill == ScheduleOutcome.NoAvailableEndpoint || decode == ScheduleOutcome.NoAvailableEndpoint ? ScheduleOutcome.NoAvailableEndpoint
        : ScheduleOutcome.Deferred;

    /// <summary>Chooses an instance for a role without adding it to the account.</summary>
    private ScheduleOutcome Choose(
        in PlacementRequest request, InferType role, in RequestFacts facts, Moment now, out Selection selection)
    {
        Candidates candidates = CandidatesOf(in request, role);
        Prepare(policy, role, candidates.Healthy);
        selection = candidates.Allowed.IsEmpty ? Selection.None : fleet.Scope.Choose(policy, role, candidates.Allowed, in facts);
        ScheduleOutcome outcome = selection.IsNone ? OutcomeOfNone(in request, role, candidates) : ScheduleOutcome.Placed;
        _recorder?.OnChosen(in request, role, in facts, now, candidates, selection, outcome);
        if (outcome == ScheduleOutcome.Deferred)
        {
            account.Defer(request.Id, now);
        }

        return outcome;
    }

    /// <summary>Runs a choice without placing: with a copy of the policy's state and a random generator of its own.</summary>
    private DecisionTrace<TInstance> Trace(
        in PlacementRequest request, InferType role, in RequestFacts facts, SchedulingPolicy<TInstance> explained, out ScheduleOutcome outcome)
    {
        DecisionTrace<TInstance> trace = fleet.Trace(in request, role);
        Candidates candidates = CandidatesOf(in request, role);
        trace.Drop(candidates.Fitting, candidates.Allowed, "excluded by the request", isOnlyUnwanted: false);
        Prepare(explained, role, candidates.Healthy);
        fleet.Scope.Explain(explained, role, candidates.Allowed, in facts, new Random(1), trace);
        outcome = trace.Pick >= 0 ? ScheduleOutcome.Placed : OutcomeOfNone(in request, role, candidates);
        return trace;
    }

    /// <summary>Prepares the policy's state with all healthy instances: the result must not depend on which of them fit this request.</summary>
    private void Prepare(SchedulingPolicy<TInstance> prepared, InferType role, ReadOnlySpan<int> healthy)
    {
        if (!healthy.IsEmpty)
        {
            prepared.State?.PrepareDecision(role, healthy, fleet.Instances);
        }
    }

    /// <summary>Why none is chosen. Where there are candidates, it is the request or the policy; else the fleet tells.</summary>
    private ScheduleOutcome OutcomeOfNone(in PlacementRequest request, InferType role, Candidates candidates) =>
        candidates.Fitting.IsEmpty ? fleet.WhyNone(in request, role)
        : candidates.Allowed.IsEmpty ? ScheduleOutcome.AllExcluded
        : account.IsDeferring ? ScheduleOutcome.Deferred
        : ScheduleOutcome.NoAvailableEndpoint;

    private Candidates CandidatesOf(in PlacementRequest request, InferType role)
    {
        Candidates candidates = fleet.CandidatesOf(in request, role);
        return request.ExcludedInstances is { Count: > 0 } excluded
            ? new Candidates(candidates.Healthy, candidates.Fitting, Without(candidates.Fitting, excluded))
            : candidates;
    }

    private ReadOnlySpan<int> Without(ReadOnlySpan<int> slots, IReadOnlyList<string> excluded)
    {
        if (_allowed.Length < slots.Length)
        {
            _allowed = new int[fleet.Instances.Length];
        }

        int kept = 0;
        foreach (int slot in slots)
        {
            _allowed[kept] = slot;
            kept += IsExcluded(fleet.Instances[slot], excluded) ? 0 : 1;
        }

        return _allowed.AsSpan(0, kept);
    }

    private static bool IsExcluded(TInstance instance, IReadOnlyList<string> excluded)
    {
        for (int i = 0; i < excluded.Count; i++)
        {
            if (instance.Address.IsNamed(excluded[i]))
            {
                return true;
            }
        }

        return false;
    }

    private PlacedInstance Commit(in PlacementRequest request, Selection selection, InferType role, in RequestFacts facts, Moment now)
    {
        TInstance instance = fleet.Instances[selection.Slot];
        PlacedInstance placed = account.Add(in request, instance, role, in facts, now);
        _recorder?.OnPlaced(role, in placed);
        policy.State?.OnPlaced(instance, role, in facts, selection.IsLate);
        return placed;
    }

    private RoleExplanation Explanation(InferType role, ScheduleOutcome outcome, DecisionTrace<TInstance> trace) => new(
        policy.Name,
        role,
        outcome,
        trace.Pick < 0 ? null : trace.Ids[trace.Pick],
        trace.ArePreferencesMet,
        trace.Metrics,
        [.. trace.Considered.Select(trace.Explain)]);
}
