using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>
/// The inputs of one decision for filters and selectors: the instances, their metric values, the request, a random generator and scratch memory.
/// </summary>
/// <remarks>Reused for every decision, under the scheduler's lock; no reference to its contents may be kept after the decision.</remarks>
public sealed class DecisionScope<TInstance>
    where TInstance : Instance
{
    private readonly ClusterView<TInstance> _view;
    private readonly MetricTable<TInstance> _metrics;
    private readonly bool[] _isFilled;
    private readonly int[] _candidates;
    private readonly int[] _preferred;
    private int[] _slots;
    private int _slotsTaken;
    private PolicyState<TInstance>? _state;
    private RequestFacts _request;
    private int _required;
    private int _preferredCount;

    internal DecisionScope(ClusterView<TInstance> view, MetricTable<TInstance> metrics, Random random)
    {
        _view = view;
        _metrics = metrics;
        _isFilled = new bool[metrics.Count];
        _candidates = new int[view.Count];
        _preferred = new int[view.Count];
        _slots = new int[4 * view.Count];
        Random = random;
    }

    /// <summary>The request.</summary>
    public ref readonly RequestFacts Request => ref _request;

    /// <summary>Whether some candidates passed the preferred filters, so that the selector sees only these; false when it sees all candidates.</summary>
    public bool ArePreferencesMet { get; private set; }

    /// <summary>The seeded random generator.</summary>
    public Random Random { get; private set; }

    /// <summary>The role that an instance is chosen for.</summary>
    public InferType Role { get; private set; }

    /// <summary>The policy's state. Selectors must not change it.</summary>
    /// <typeparam name="TState">The type of the policy's state.</typeparam>
    /// <exception cref="InvalidCastException">The policy's state is of another type.</exception>
    public TState State<TState>()
        where TState : PolicyState<TInstance> => (TState)_state!;

    /// <summary>
    /// Scratch memory for slots, one element per instance of the view, with undefined content. It belongs to the caller until the decision is made: no
    /// other call of the same decision gets the same memory.
    /// </summary>
    public Span<int> TakeSlots()
    {
        if (_slotsTaken + _view.Count > _slots.Length)
        {
            // Spans that were handed out before stay valid, since they refer to the old array.
            _slots = new int[2 * _slots.Length];
            _slotsTaken = 0;
        }

        Span<int> slots = _slots.AsSpan(_slotsTaken, _view.Count);
        _slotsTaken += _view.Count;
        return slots;
    }

    /// <summary>The instances by slot.</summary>
    public ReadOnlySpan<TInstance> Instances => _view.Instances;

    /// <summary>The instance in a slot.</summary>
    public TInstance Instance(int slot) => _view.Instances[slot];

    /// <summary>A metric's values by slot. Only the values of candidates have a meaning.</summary>
    public ReadOnlySpan<double> Values(InstanceMetric<TInstance> metric)
    {
        int column = _metrics.ColumnOf(metric);
        double[] values = _metrics.Values(column);
        if (metric.DependsOnRequest && !_isFilled[column])
        {
            // On first use only, so that metrics of preferred filters and selectors are not computed for candidates that required filters dropped.
            _isFilled[column] = true;
            _metrics.Fill(column, _candidates.AsSpan(0, _required), _view.Instances, in _request);
        }

        return values;
    }

    /// <summary>The candidates that passed the required filters, in ascending order; those that the selector gets are among them.</summary>
    internal ReadOnlySpan<int> Eligible => _candidates.AsSpan(0, _required);

    /// <summary>After a choice: how many candidates passed the required filters.</summary>
    internal int EligibleCount => _required;

    /// <summary>After a choice: the candidates that the selector saw, in ascending order.</summary>
    internal ReadOnlySpan<int> Considered => _preferredCount > 0 ? _preferred.AsSpan(0, _preferredCount) : _candidates.AsSpan(0, _required);

    /// <summary>After a choice: a metric's values by slot; empty when this decision has not computed them.</summary>
    internal ReadOnlySpan<double> Computed(InstanceMetric<TInstance> metric)
    {
        int column = _metrics.ColumnOf(metric);
        return !metric.DependsOnRequest || _isFilled[column] ? _metrics.Values(column) : [];
    }

    /// <summary>Chooses an instance for a role from the candidates before filters, at least one. The policy's state must be prepared.</summary>
    /// <returns>The pick; none when no candidate is left or none is good enough.</returns>
    internal Selection Choose(SchedulingPolicy<TInstance> policy, InferType role, ReadOnlySpan<int> healthy, in RequestFacts request)
    {
        Begin(policy, role, in request);
        RolePolicy<TInstance> rolePolicy = policy.For(role);
        healthy.CopyTo(_candidates);
        _required = healthy.Length;
        _preferredCount = 0;
        for (int i = 0; i < rolePolicy.RequiredFilters.Count && _required > 0; i++)
        {
            // Current after each filter: the next one's metrics are computed for the candidates that are left; what is behind them has no meaning.
            _required = rolePolicy.RequiredFilters[i].Keep(_candidates.AsSpan(0, _required), this);
        }

        if (_required == 0)
        {
            return Selection.None;
        }

        ReadOnlySpan<int> candidates = _candidates.AsSpan(0, _required);
        candidates.CopyTo(_preferred);
        _preferredCount = Keep(rolePolicy.PreferredFilters, _preferred.AsSpan(0, _required));
        ArePreferencesMet = _preferredCount > 0;
        return rolePolicy.Selector.Select(Considered, this);
    }

    /// <summary>
    /// Runs a decision without placing, and records the drops with their filters, the values of all metrics, and the pick. Uses a random generator of its
    /// own, so that later decisions are unchanged.
    /// </summary>
    /// <param name="policy">The policy, with a state that the explanation may change.</param>
    /// <param name="role">The role.</param>
    /// <param name="healthy">Slots of the candidates before filters, maybe none.</param>
    /// <param name="request">The request.</param>
    /// <param name="random">The explanation's random generator.</param>
    /// <param name="trace">Receives the record.</param>
    internal void Explain(
        SchedulingPolicy<TInstance> policy,
        InferType role,
        ReadOnlySpan<int> healthy,
        in RequestFacts request,
        Random random,
        DecisionTrace<TInstance> trace)
    {
        Random own = Random;
        Random = random;
        try
        {
            Begin(policy, role, in request);
            trace.Pick = healthy.IsEmpty ? -1 : Choose(policy, role, healthy, in request).Slot;
            trace.ArePreferencesMet = trace.Pick >= 0 && ArePreferencesMet;
            RolePolicy<TInstance> rolePolicy = policy.For(role);
            Span<int> left = healthy.ToArray();
            left = left[..Trace(rolePolicy.RequiredFilters, left, isPreference: false, trace)];
            Trace(rolePolicy.PreferredFilters, left, isPreference: true, trace);
            foreach (InstanceMetric<TInstance> metric in rolePolicy.Metrics.Distinct())
            {
                trace.AddColumn(metric, Evaluate(metric, trace.Considered));
            }
        }
        finally
        {
            Random = own;
        }
    }

    private void Begin(SchedulingPolicy<TInstance> policy, InferType role, in RequestFacts request)
    {
        _request = request;
        _state = policy.State;
        Role = role;
        _slotsTaken = 0;
        Array.Clear(_isFilled);
    }

    private int Trace(IReadOnlyList<CandidateFilter<TInstance>> filters, Span<int> candidates, bool isPreference, DecisionTrace<TInstance> trace)
    {
        int kept = candidates.Length;
        for (int i = 0; i < filters.Count && kept > 0; i++)
        {
            int[] before = candidates[..kept].ToArray();
            kept = filters[i].Keep(candidates[..kept], this);
            trace.Drop(before, candidates[..kept], filters[i].Name, isPreference);
        }

        return kept;
    }

    /// <summary>A metric's values for any slots, also of instances that are not candidates.</summary>
    private double[] Evaluate(InstanceMetric<TInstance> metric, int[] slots)
    {
        double[] values = new double[_view.Count];
        foreach (int slot in slots)
        {
            values[slot] = metric.Evaluate(_view.Instances[slot], in _request);
        }

        return values;
    }

    private int Keep(IReadOnlyList<CandidateFilter<TInstance>> filters, Span<int> candidates)
    {
        int kept = candidates.Length;
        for (int i = 0; i < filters.Count && kept > 0; i++)
        {
            kept = filters[i].Keep(candidates[..kept], this);
        }

        return kept;
    }
}
