using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Tests.Pipeline;

/// <summary>Neutral instances on which single filters and selectors decide, without a scheduler.</summary>
internal sealed class DecisionFixture
{
    private readonly ClusterView<FullModeInstance> _view;

    internal DecisionFixture(params InstanceReading[] fleet)
    {
        _view = new ClusterView<FullModeInstance>([.. fleet.Select(reading => new FullModeInstance(reading.Metadata, reading.Status))]);
        _view.AssignSlots();
    }

    /// <summary>What the policy remembers.</summary>
    internal PolicyState<FullModeInstance>? State { get; init; }

    internal FullModeInstance this[string id] => _view.Instances.ToArray().Single(instance => instance.Id == id);

    /// <summary>Ids of the instances that a required filter keeps.</summary>
    internal string[] Kept(CandidateFilter<FullModeInstance> filter, RequestFacts request = default)
    {
        var selector = new RecordingSelector();
        Choose(new RolePolicy<FullModeInstance>([filter], [], selector), request);
        return [.. selector.Candidates.Select(slot => _view.Instances[slot].Id)];
    }

    /// <summary>The id that a selector picks behind preferred filters, and whether it knows that the request is late there.</summary>
    internal (string? Id, bool IsLate) Pick(
        CandidateSelector<FullModeInstance> selector, RequestFacts request = default, params CandidateFilter<FullModeInstance>[] preferred)
    {
        Selection selection = Choose(new RolePolicy<FullModeInstance>([], preferred, selector), request);
        return (selection.IsNone ? null : _view.Instances[selection.Slot].Id, selection.IsLate);
    }

    private Selection Choose(RolePolicy<FullModeInstance> role, RequestFacts request)
    {
        var policy = new SchedulingPolicy<FullModeInstance>("test", role, role, role) { State = State };
        var metrics = new MetricTable<FullModeInstance>(policy.Metrics, _view.Count);
        foreach (FullModeInstance instance in _view.Instances)
        {
            metrics.Refresh(instance);
        }

        return new DecisionScope<FullModeInstance>(_view, metrics, new Random(1))
            .Choose(policy, InferType.Neutral, [.. Enumerable.Range(0, _view.Count)], in request);
    }
}
