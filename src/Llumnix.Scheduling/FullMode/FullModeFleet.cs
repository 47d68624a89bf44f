using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// The instances of full mode. Candidates are the healthy instances that serve the model and whose KV cache can hold the prompt. Guarded by the scheduler's lock, except for
/// <see cref="MakeIndexes"/>.
/// </summary>
internal sealed class FullModeFleet : Fleet<FullModeInstance>
{
    private static readonly string[] HealthNames = ["ok", "unschedulable", "stale", "failover", "draining", "unreachable"];

    private readonly SchedulingPolicy<FullModeInstance> _policy;
    private readonly IReadOnlyList<InstanceMetric<FullModeInstance>> _metrics;
    private readonly FailoverDomain _failoverDomain;
    private readonly long _stalenessLimit;
    private readonly int _maxUnreachablePercent;
    private readonly bool _areStaleLastResort;
    private readonly Random _random;
    private readonly ReadingAges? _readingAges;

    /// <param name="policy">Determines the metrics that are kept current, and whether infer types restrict roles.</param>
    /// <param name="failoverDomain">The failover domain.</param>
    /// <param name="stalenessLimit">An instance whose status has not changed for longer is stale; in ticks of timestamps.</param>
    /// <param name="maxUnreachablePercent">See <see cref="FailoverOptions.MaxUnreachablePercent"/>.</param>
    /// <param name="areStaleLastResort">See <see cref="FullModeOptions.AreStaleInstancesLastResort"/>.</param>
    /// <param name="readingInterval">See <see cref="FullModeOptions.ReadingInterval"/>; in ticks of timestamps.</param>
    /// <param name="drains">The drains.</param>
    /// <param name="random">Breaks ties. Used under the lock only.</param>
    internal FullModeFleet(
        SchedulingPolicy<FullModeInstance> policy,
        FailoverDomain failoverDomain,
        long stalenessLimit,
        int maxUnreachablePercent,
        bool areStaleLastResort,
        long? readingInterval,
        FullModeDrains drains,
        Random random)
    {
        Drains = drains;
        _policy = policy;
        _metrics = policy.Metrics;
        _failoverDomain = failoverDomain;
        _stalenessLimit = stalenessLimit;
        _maxUnreachablePercent = maxUnreachablePercent;
        _areStaleLastResort = areStaleLastResort;
        _readingAges = readingInterval is { } interval ? new ReadingAges(interval, OnLoadChanged) : null;
        _random = random;
        Indexes = MakeIndexes(ClusterView<FullModeInstance>.Empty, static instance => instance.Metadata);
    }

    /// <summary>The drains of its instances.</summary>
    internal FullModeDrains Drains { get; }

    /// <summary>The current view with its indexes.</summary>
    internal FullModeIndexes Indexes { get; private set; }

    /// <summary>Whether the source has delivered a first reading of the fleet, even an empty one.</summary>
    internal bool IsLoaded { get; private set; }

    /// <summary>Whether the source's store answers.</summary>
    internal bool IsStoreAvailable { get; set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<FullModeInstance> Instances => Indexes.View.Instances;

    /// <inheritdoc/>
    public override DecisionScope<FullModeInstance> Scope => Indexes.Scope;

    /// <summary>Whether there are instances and all of them are stale: most likely the source has failed, not every engine at once.</summary>
    internal bool IsSilent => Indexes.View.Count > 0 && Indexes.Health.IsEveryInstanceStale();

    /// <inheritdoc/>
    public override void Refresh(Moment now)
    {
        if (Indexes.Health.Refresh(now.Timestamp))
        {
            _readingAges?.LookAtAll(Instances);
        }
    }

    /// <inheritdoc/>
    public override Candidates CandidatesOf(in PlacementRequest request, InferType role)
    {
        ReadOnlySpan<int> healthy = _policy.IgnoresInferTypes ? Indexes.Health.HealthySlots() : Indexes.Health.HealthySlots(role);
        return new Candidates(healthy, Indexes.Capacities.Holding(Indexes.Models.Serving(healthy, request.Model), request.PromptTokens));
    }

    /// <inheritdoc/>
    public override ScheduleOutcome WhyNone(in PlacementRequest request, InferType role)
    {
        (int start, int end) = SlotsOf(role);
        return IsStoreLost() ? ScheduleOutcome.StoreNotAvailable
            : start == end || !Indexes.Models.IsAnyServing(start, end, request.Model) ? ScheduleOutcome.EndpointNotFound
            : !Indexes.Capacities.IsAnyHolding(start, end, request.PromptTokens) ? ScheduleOutcome.PromptTooLong
            : ScheduleOutcome.NoAvailableEndpoint;
    }

    /// <inheritdoc/>
    public override DecisionTrace<FullModeInstance> Trace(in PlacementRequest request, InferType role)
    {
        ReadOnlySpan<FullModeInstance> instances = Instances;
        (int start, int end) = SlotsOf(role);
        var trace = new DecisionTrace<FullModeInstance>(instances.Length)
        {
            Considered = [.. Enumerable.Range(start, end - start)],
            Ids = [.. instances.ToArray().Select(static instance => instance.Id)],
            Addresses = [.. instances.ToArray().Select(static instance => instance.Address)],
            LatencyClasses = [.. instances.ToArray().Select(static instance => instance.LatencyClass)],
            Capacities = [.. instances.ToArray().Select(static instance => instance.Status.TotalGpuTokens is > 0 and int tokens ? tokens : (int?)null)],
            AreUnreachable = [.. instances.ToArray().Select(static instance => instance.IsUnreachable)],
        };
        Candidates candidates = CandidatesOf(in request, role);
        foreach (int slot in trace.Considered)
        {
            if (!candidates.Healthy.Contains(slot))
            {
                trace.Drop(slot, HealthNames[(int)instances[slot].Health]);
            }
        }

        ReadOnlySpan<int> serving = Indexes.Models.Serving(candidates.Healthy, request.Model);
        trace.Drop(candidates.Healthy, serving, ServedModels.FilterName, isOnlyUnwanted: false);
        trace.Drop(serving, candidates.Fitting, KvCapacityIndex.FilterName, isOnlyUnwanted: false);
        return trace;
    }

    /// <summary>Makes the indexes of a view. Outside of the lock: it sorts and allocates.</summary>
    /// <param name="view">The view.</param>
    /// <param name="metadataOf">The metadata that the view was built from; instances may still hold their old metadata.</param>
    internal FullModeIndexes MakeIndexes(ClusterView<FullModeInstance> view, Func<FullModeInstance, InstanceMetadata> metadataOf)
    {
        var table = new MetricTable<FullModeInstance>(_metrics, view.Count);
        return new FullModeIndexes(
            view,
            table,
            new HealthIndex(view, metadataOf, _failoverDomain, _stalenessLimit, _maxUnreachablePercent, _areStaleLastResort),
            new ServedModels(view, metadataOf),
            new KvCapacityIndex(view),
            view.Instances.ToArray().ToDictionary(static instance => instance.Id, StringComparer.Ordinal),
            new DecisionScope<FullModeInstance>(view, table, _random));
    }

    /// <summary>Puts new indexes into use; the instances get their new slots.</summary>
    internal void Use(FullModeIndexes indexes)
    {
        indexes.View.AssignSlots();
        Indexes = indexes;
        indexes.Health.Attach();
        MarkDraining();
        foreach (FullModeInstance instance in indexes.View.Instances)
        {
            indexes.Table.Refresh(instance);
        }

        IsLoaded = true;
    }

    /// <summary>Marks the instances that are draining. Called when drains have changed.</summary>
    internal void MarkDraining()
    {
        Drains.Mark(Instances);
        Indexes.Health.Invalidate();
    }

    /// <summary>The instance of an id; null when there is none.</summary>
    internal FullModeInstance? Find(string id) => Indexes.ById.GetValueOrDefault(id);

    /// <summary>An instance's load has changed.</summary>
    internal void OnLoadChanged(FullModeInstance instance)
    {
        Indexes.Table.Refresh(instance);
        Drains.OnLoadChanged(instance);
    }

    /// <summary>A reading of an instance was taken over.</summary>
    internal void OnReading(EngineReading reading) => _readingAges?.OnReading(reading);

    /// <summary>A batch of statuses was taken over.</summary>
    internal void OnStatuses(int count) => _readingAges?.OnReadings(Instances, count);

    /// <summary>The time of an instance's status has changed, and not its load.</summary>
    internal void OnStatusTimeChanged(FullModeInstance instance) => Indexes.Table.Refresh(instance);

    /// <summary>The range of slots of the instances that may take a role, healthy or not; the end is exclusive.</summary>
    private (int Start, int End) SlotsOf(InferType role) =>
        _policy.IgnoresInferTypes ? (0, Indexes.View.Count) : Indexes.View.SlotsOf(role);

    /// <summary>
    /// Whether the fleet's state is unknown: never loaded, empty while the store does not answer, or all stale. Engines seldom all fail at once, so when
    /// no status is fresh the source is taken to be at fault, even if its store answers.
    /// </summary>
    private bool IsStoreLost() => !IsLoaded || (Indexes.Health.IsEveryInstanceStale() && (Indexes.View.Count > 0 || !IsStoreAvailable));
}
