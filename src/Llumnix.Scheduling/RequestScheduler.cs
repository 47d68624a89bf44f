using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling;

/// <summary>
/// What full and lite mode have in common: one short lock, and which instances a request of each mode needs. The modes differ in what
/// they know of an instance, which of them are candidates, and how a placement is accounted for.
/// </summary>
/// <param name="policy">The policy; not shared with another scheduler.</param>
public abstract class RequestScheduler<TInstance>(SchedulingPolicy<TInstance> policy) : IRequestScheduler
    where TInstance : Instance
{
    /// <summary>Guards view, accounting and decisions. Parsing, sorting and indexing happen outside of it.</summary>
    private protected readonly Lock Gate = new();

    private protected SchedulingPolicy<TInstance> Policy { get; } = policy;

    /// <inheritdoc/>
    public ScheduleOutcome Schedule(in ScheduleRequest request, out Placement placement)
    {
        placement = default;
        lock (Gate)
        {
            long now = BringUpToDate();
            return request.Mode switch
            {
                SchedulingMode.PdBatch => PlacePair(in request, now, out placement),
                SchedulingMode.PdStaged => PlaceOne(in request, request.Stage, now, out placement),
                _ => PlaceOne(in request, InferType.Neutral, now, out placement),
            };
        }
    }

    /// <inheritdoc/>
    public abstract void Release(string requestId, in ReleasedInstance instance);

    /// <inheritdoc/>
    public IReadOnlyList<RoleExplanation> Explain(in ScheduleRequest request)
    {
        InferType[] roles = request.Mode switch
        {
            SchedulingMode.PdBatch => [InferType.Prefill, InferType.Decode],
            SchedulingMode.PdStaged => [request.Stage],
            _ => [InferType.Neutral],
        };
        var outcomes = new ScheduleOutcome[roles.Length];
        var traces = new DecisionTrace<TInstance>[roles.Length];
        lock (Gate)
        {
            BringUpToDate();
            SchedulingPolicy<TInstance> explained = Policy with { State = Policy.State?.Copy() };
            for (int i = 0; i < roles.Length; i++)
            {
                traces[i] = Trace(in request, roles[i], explained, new Random(1), out outcomes[i]);
            }
        }

        return [.. roles.Select((role, i) => Explanation(role, outcomes[i], traces[i]))];
    }

    /// <summary>Lets time take its effect. Called under the lock.</summary>
    /// <returns>The monotonic timestamp of this moment.</returns>
    private protected abstract long BringUpToDate();

    /// <summary>Chooses an instance without accounting for it. Called under the lock.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role.</param>
    /// <param name="instance">The instance; null unless the request can be placed.</param>
    /// <param name="isLate">What the policy's state is to be told: <see cref="Selection.IsLate"/>.</param>
    private protected abstract ScheduleOutcome Choose(in ScheduleRequest request, InferType role, out TInstance? instance, out bool isLate);

    /// <summary>Goes through a choice without making it. Called under the lock.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role.</param>
    /// <param name="policy">The policy, with a state that is not the scheduler's.</param>
    /// <param name="random">Randomness that is not the scheduler's.</param>
    /// <param name="outcome">What would become of the request.</param>
    private protected abstract DecisionTrace<TInstance> Trace(
        in ScheduleRequest request, InferType role, SchedulingPolicy<TInstance> policy, Random random, out ScheduleOutcome outcome);

    /// <summary>What a decision knows of its request. Called under the lock.</summary>
    private protected abstract RequestFacts Facts(in ScheduleRequest request);

    /// <summary>Accounts for a placement. Called under the lock.</summary>
    private protected abstract PlacedInstance Account(in ScheduleRequest request, TInstance instance, InferType role, long now);

    private RoleExplanation Explanation(InferType role, ScheduleOutcome outcome, DecisionTrace<TInstance> trace) => new(
        Policy.Name,
        role,
        outcome,
        trace.Pick < 0 ? null : trace.Ids[trace.Pick],
        trace.ArePreferencesMet,
        trace.Metrics,
        [.. trace.Considered.Select(trace.Explain)]);

    private ScheduleOutcome PlaceOne(in ScheduleRequest request, InferType role, long now, out Placement placement)
    {
        placement = default;
        ScheduleOutcome outcome = Choose(in request, role, out TInstance? instance, out bool isLate);
        if (outcome == ScheduleOutcome.Placed)
        {
            placement = new Placement(Commit(in request, instance!, isLate, role, now), null);
        }

        return outcome;
    }

    private ScheduleOutcome PlacePair(in ScheduleRequest request, long now, out Placement placement)
    {
        placement = default;
        ScheduleOutcome prefillOutcome = Choose(in request, InferType.Prefill, out TInstance? prefill, out bool isPrefillLate);
        ScheduleOutcome decodeOutcome = Choose(in request, InferType.Decode, out TInstance? decode, out bool isDecodeLate);
        if (prefillOutcome != ScheduleOutcome.Placed || decodeOutcome != ScheduleOutcome.Placed)
        {
            return PairRefusal(prefillOutcome, decodeOutcome);
        }

        placement = new Placement(
            Commit(in request, prefill!, isPrefillLate, InferType.Prefill, now),
            Commit(in request, decode!, isDecodeLate, InferType.Decode, now));
        return ScheduleOutcome.Placed;
    }

    /// <summary>What lasts longer is the better reason: a kind that is not registered at all, a prompt that fits nowhere, then one that is merely busy.</summary>
    private static ScheduleOutcome PairRefusal(ScheduleOutcome prefill, ScheduleOutcome decode) =>
        prefill == ScheduleOutcome.StoreNotAvailable || decode == ScheduleOutcome.StoreNotAvailable ? ScheduleOutcome.StoreNotAvailable
        : prefill == ScheduleOutcome.EndpointNotFound || decode == ScheduleOutcome.EndpointNotFound ? ScheduleOutcome.EndpointNotFound
        : prefill == ScheduleOutcome.PromptTooLong || decode == ScheduleOutcome.PromptTooLong ? ScheduleOutcome.PromptTooLong
        : prefill == ScheduleOutcome.NoAvailableEndpoint || decode == ScheduleOutcome.NoAvailableEndpoint ? ScheduleOutcome.NoAvailableEndpoint
        : ScheduleOutcome.Held;

    private PlacedInstance Commit(in ScheduleRequest request, TInstance instance, bool isLate, InferType role, long now)
    {
        RequestFacts facts = Facts(in request);
        PlacedInstance placed = Account(in request, instance, role, now);
        Policy.State?.OnPlaced(instance, role, in facts, isLate);
        return placed;
    }
}
