using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.LiteMode;

/// <summary>
/// The instances of lite mode. Every instance that discovery lists counts as healthy, and candidates are the ones that serve the request's model.
/// Guarded by the scheduler's lock, except for <see cref="MakeIndexes"/>.
/// </summary>
internal sealed class LiteModeFleet : Fleet<LiteModeInstance>
{
    private readonly IReadOnlyList<InstanceMetric<LiteModeInstance>> _metrics;
    private readonly bool _isMultiModelSupported;
    private readonly Random _random;
    private LiteModeIndexes _indexes;
    private int[] _open = [];

    /// <param name="policy">Determines the metrics that are kept current.</param>
    /// <param name="isMultiModelSupported">Whether a request goes only to instances of its model, or to instances without a named model.</param>
    /// <param name="drains">The drains.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    internal LiteModeFleet(SchedulingPolicy<LiteModeInstance> policy, bool isMultiModelSupported, LiteModeDrains drains, Random random)
    {
        Drains = drains;
        _metrics = policy.Metrics;
        _isMultiModelSupported = isMultiModelSupported;
        _random = random;
        _indexes = MakeIndexes(ClusterView<LiteModeInstance>.Empty, static instance => instance.Description);
    }

    /// <summary>The drains of its instances.</summary>
    internal LiteModeDrains Drains { get; }

    /// <summary>Whether discovery has delivered a first list of instances, even an empty one.</summary>
    internal bool IsLoaded { get; private set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<LiteModeInstance> Instances => _indexes.View.Instances;

    /// <inheritdoc/>
    public override DecisionScope<LiteModeInstance> Scope => _indexes.Scope;

    /// <inheritdoc/>
    public override void Refresh(Moment now)
    {
    }

    /// <inheritdoc/>
    public override Candidates CandidatesOf(in PlacementRequest request, InferType role)
    {
        ReadOnlySpan<int> slots = NotDraining(_indexes.Models.SlotsOf(role, request.Model));
        return new Candidates(slots, slots);
    }

    /// <inheritdoc/>
    public override ScheduleOutcome WhyNone(in PlacementRequest request, InferType role) =>
        !IsLoaded ? ScheduleOutcome.StoreNotAvailable
        : _indexes.Models.SlotsOf(role, request.Model).IsEmpty ? ScheduleOutcome.EndpointNotFound
        : ScheduleOutcome.NoAvailableEndpoint;

    /// <inheritdoc/>
    public override DecisionTrace<LiteModeInstance> Trace(in PlacementRequest request, InferType role)
    {
        (int start, int end) = _indexes.View.SlotsOf(role);
        var trace = new DecisionTrace<LiteModeInstance>(_indexes.View.Count)
        {
            Considered = [.. Enumerable.Range(start, end - start)],
            Ids = [.. Instances.ToArray().Select(static instance => instance.Id)],
            Addresses = [.. Instances.ToArray().Select(static instance => instance.Address)],
            LatencyClasses = [.. Instances.ToArray().Select(static instance => instance.LatencyClass)],
            Capacities = new int?[_indexes.View.Count],
            AreUnreachable = new bool[_indexes.View.Count],
        };
        ReadOnlySpan<int> serving = _indexes.Models.SlotsOf(role, request.Model);
        trace.Drop(trace.Considered, serving, "model", isOnlyUnwanted: false);
        trace.Drop(serving, NotDraining(serving), "draining", isOnlyUnwanted: false);
        return trace;
    }

    /// <summary>Makes the indexes of a view. Outside of the lock: it sorts and allocates.</summary>
    /// <param name="view">The view.</param>
    /// <param name="describe">The description that the view was built from; instances may still hold their old description.</param>
    internal LiteModeIndexes MakeIndexes(ClusterView<LiteModeInstance> view, Func<LiteModeInstance, DiscoveredInstance> describe)
    {
        var table = new MetricTable<LiteModeInstance>(_metrics, view.Count);
        return new LiteModeIndexes(
            view,
            table,
            new ModelIndex(view, describe, _isMultiModelSupported),
            view.Instances.ToArray().ToDictionary(static instance => instance.Id, StringComparer.Ordinal),
            new DecisionScope<LiteModeInstance>(view, table, _random));
    }

    /// <summary>The instance of an id; null when there is none.</summary>
    internal LiteModeInstance? Find(ReadOnlySpan<char> id) =>
        _indexes.ById.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out LiteModeInstance? instance) ? instance : null;

    /// <summary>Puts new indexes into use; the instances get their new slots.</summary>
    internal void Use(LiteModeIndexes indexes)
    {
        indexes.View.AssignSlots();
        _indexes = indexes;
        _open = new int[indexes.View.Count];
        MarkDraining();
        foreach (LiteModeInstance instance in indexes.View.Instances)
        {
            indexes.Table.Refresh(instance);
        }

        IsLoaded = true;
    }

    /// <summary>Marks the instances that are draining. Called when drains have changed.</summary>
    internal void MarkDraining() => Drains.Mark(Instances);

    /// <summary>An instance's load has changed. An instance that has left has no slot any more: its states are being dropped.</summary>
    internal void OnLoadChanged(LiteModeInstance instance)
    {
        if (instance.Slot >= 0)
        {
            _indexes.Table.Refresh(instance);
        }

        Drains.OnLoadChanged(instance);
    }

    /// <summary>The slots without those of draining instances; the same slots while nothing is draining.</summary>
    private ReadOnlySpan<int> NotDraining(ReadOnlySpan<int> slots)
    {
        if (!Drains.IsAnyDraining)
        {
            return slots;
        }

        int kept = 0;
        foreach (int slot in slots)
        {
            _open[kept] = slot;
            kept += Instances[slot].IsDraining ? 0 : 1;
        }

        return _open.AsSpan(0, kept);
    }
}
