using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Decisions;

/// <summary>Writes decisions into the history, as they are made. Under the scheduler's lock; allocates nothing.</summary>
/// <param name="policy">The policy.</param>
/// <param name="fleet">The instances.</param>
/// <param name="history">Where to.</param>
internal sealed class DecisionRecorder<TInstance>(SchedulingPolicy<TInstance> policy, Fleet<TInstance> fleet, DecisionHistory history)
    where TInstance : Instance
{
    private readonly InstanceMetric<TInstance>[][] _metrics =
        [MetricsOf(policy.For(InferType.Neutral)), MetricsOf(policy.For(InferType.Prefill)), MetricsOf(policy.For(InferType.Decode))];

    private readonly RecordedMetrics[] _described =
        [Describe(policy.For(InferType.Neutral)), Describe(policy.For(InferType.Prefill)), Describe(policy.For(InferType.Decode))];

    private readonly int[] _ofSelector =
        [SelectorMetrics(policy.For(InferType.Neutral)), SelectorMetrics(policy.For(InferType.Prefill)), SelectorMetrics(policy.For(InferType.Decode))];

    /// <summary>Records what was chosen for a role, or why nothing was. Right after the choice, whose scope it reads.</summary>
    /// <param name="request">The request.</param>
    /// <param name="role">The role.</param>
    /// <param name="facts">What the decision knew of the request.</param>
    /// <param name="now">The moment.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="selection">The pick.</param>
    /// <param name="outcome">The role's outcome.</param>
    internal void OnChosen(
        in PlacementRequest request,
        InferType role,
        in RequestFacts facts,
        Moment now,
        Candidates candidates,
        Selection selection,
        ScheduleOutcome outcome)
    {
        ref DecisionRecord record = ref history.Add();
        record.TimeMs = now.Ms;
        record.RequestId = request.Id;
        record.Model = request.Model;
        record.Mode = request.Mode;
        record.Role = role;
        record.Outcome = outcome;
        record.PromptTokens = request.PromptTokens;
        record.DeferredMs = facts.DeferredMs;
        record.IsRetry = request.IsRetry;
        record.IsLate = selection.IsLate;
        record.Healthy = candidates.Healthy.Length;
        record.Fitting = candidates.Fitting.Length;
        record.Allowed = candidates.Allowed.Length;
        record.Metrics = _described[(int)role];
        record.DecisiveMetric = -1;
        record.PredictedTtftMs = record.PredictedTpotMs = record.ObservedTtftMs = double.NaN;
        ReadOnlySpan<int> considered = default;
        DecisionScope<TInstance> scope = fleet.Scope;
        if (!candidates.Allowed.IsEmpty)
        {
            considered = scope.Considered;
            record.Eligible = scope.EligibleCount;
            record.Considered = considered.Length;
            record.ArePreferencesMet = !considered.IsEmpty && scope.ArePreferencesMet;
        }

        Span<double> values = record.ValuePlaces;
        Span<double> others = record.RunnerUpPlaces;
        values.Fill(double.NaN);
        others.Fill(double.NaN);
        if (selection.IsNone)
        {
            return;
        }

        ReadOnlySpan<TInstance> instances = fleet.Instances;
        InstanceMetric<TInstance>[] metrics = _metrics[(int)role];
        record.InstanceId = instances[selection.Slot].Id;
        int runnerUp = -1;
        for (int i = 0; i < metrics.Length; i++)
        {
            // A selector may leave some of its metrics out: the first one that was computed ranks the runner-up.
            ReadOnlySpan<double> column = scope.Computed(metrics[i]);
            if (column.IsEmpty)
            {
                continue;
            }

            if (record.DecisiveMetric < 0 && i < _ofSelector[(int)role])
            {
                record.DecisiveMetric = i;
                runnerUp = RunnerUp.Find(column, metrics[i].IsHigherBetter, considered, selection.Slot);
                record.RunnerUpId = runnerUp < 0 ? null : instances[runnerUp].Id;
            }

            values[i] = column[selection.Slot];
            others[i] = runnerUp < 0 ? double.NaN : column[runnerUp];
        }
    }

    /// <summary>Completes the record of a role that has been placed.</summary>
    internal void OnPlaced(InferType role, in PlacedInstance placed)
    {
        ref DecisionRecord record = ref history.Newest(role);
        record.PrefixHitTokens = placed.PrefixHitTokens;
        record.PredictedTtftMs = placed.PredictedTtftMs ?? double.NaN;
        record.PredictedTpotMs = placed.PredictedTpotMs ?? double.NaN;
    }

    /// <summary>Completes the records of a pair of which one or both roles got no instance: none is placed.</summary>
    internal void OnPairRefused(ScheduleOutcome outcome)
    {
        Refuse(ref history.Newest(InferType.Prefill), outcome);
        Refuse(ref history.Newest(InferType.Decode), outcome);
    }

    private static void Refuse(ref DecisionRecord record, ScheduleOutcome outcome)
    {
        record.IsOtherRoleMissing = record.Outcome == ScheduleOutcome.Placed;
        if (record.IsOtherRoleMissing)
        {
            record.Outcome = outcome;
            record.InstanceId = record.RunnerUpId = null;
        }
    }

    private static InstanceMetric<TInstance>[] MetricsOf(RolePolicy<TInstance> role) =>
        [.. role.Selector.Metrics.Concat(role.Metrics).Distinct().Take(MetricValues.Length)];

    private static int SelectorMetrics(RolePolicy<TInstance> role) =>
        Math.Min(role.Selector.Metrics.Distinct().Count(), MetricValues.Length);

    private static RecordedMetrics Describe(RolePolicy<TInstance> role)
    {
        InstanceMetric<TInstance>[] metrics = MetricsOf(role);
        return new RecordedMetrics([.. metrics.Select(static metric => metric.Name)], [.. metrics.Select(static metric => metric.IsHigherBetter)]);
    }
}
