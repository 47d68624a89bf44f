using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>What filters and selectors see of one decision: the instances, their metric values, the request, randomness, scratch memory.</summary>
/// <remarks>Reused from decision to decision under the scheduler's lock; nothing of it may be kept.</remarks>
public sealed class DecisionScope<TInstance>
    where TInstance : Instance
{
    private readonly ClusterView<TInstance> _view;
    private readonly MetricTable<TInstance> _metrics;
    private readonly bool[] _isFilled;
    private readonly int[] _candidates;
    private readonly int[] _preferred;
    private readonly int[] _scratch;
    private RequestFacts _request;
    private int _required;

    internal DecisionScope(ClusterView<TInstance> view, MetricTable<TInstance> metrics, Random random)
    {
        _view = view;
        _metrics = metrics;
        _isFilled = new bool[metrics.Count];
        _candidates = new int[view.Count];
        _preferred = new int[view.Count];
        _scratch = new int[view.Count];
        Random = random;
    }

    /// <summary>The request.</summary>
    public ref readonly RequestFacts Request => ref _request;

    /// <summary>Whether a selector sees only candidates that pass the preferred filters; false when none does and it sees them all.</summary>
    public bool ArePreferencesMet { get; private set; }

    /// <summary>Seedable randomness.</summary>
    public Random Random { get; private set; }

    /// <summary>Memory for a selector, one place per instance of the view.</summary>
    public Span<int> Scratch => _scratch;

    /// <summary>The instances by slot.</summary>
    public ReadOnlySpan<TInstance> Instances => _view.Instances;

    /// <summary>The instance in a slot.</summary>
    public TInstance Instance(int slot) => _view.Instances[slot];

    /// <summary>The metric's values by slot. Only the slots of candidates have a meaning.</summary>
    public ReadOnlySpan<double> Values(InstanceMetric<TInstance> metric)
    {
        int column = _metrics.ColumnOf(metric);
        double[] values = _metrics.Values(column);
        if (metric.DependsOnRequest && !_isFilled[column])
        {
            _isFilled[column] = true;
            foreach (int slot in _candidates.AsSpan(0, _required))
            {
                values[slot] = metric.Evaluate(_view.Instances[slot], in _request);
            }
        }

        return values;
    }

    /// <summary>Chooses an instance for a role.</summary>
    /// <returns>Its slot; -1 when no candidate is left or none is good enough.</returns>
    internal int Choose(RolePolicy<TInstance> policy, ReadOnlySpan<int> healthy, in RequestFacts request)
    {
        _request = request;
        Array.Clear(_isFilled);
        healthy.CopyTo(_candidates);
        _required = healthy.Length;
        _required = Keep(policy.RequiredFilters, _candidates.AsSpan(0, _required));
        if (_required == 0)
        {
            return -1;
        }

        ReadOnlySpan<int> candidates = _candidates.AsSpan(0, _required);
        candidates.CopyTo(_preferred);
        int preferred = Keep(policy.PreferredFilters, _preferred.AsSpan(0, _required));
        ArePreferencesMet = preferred > 0;
        return policy.Selector.Select(preferred == 0 ? candidates : _preferred.AsSpan(0, preferred), this);
    }

    /// <summary>
    /// Goes through a decision without making it: writes down who is dropped by whom, the values of all metrics, and the pick. Draws from a
    /// randomness of its own, so that later decisions are what they would have been.
    /// </summary>
    internal void Explain(
        RolePolicy<TInstance> policy, ReadOnlySpan<int> healthy, in RequestFacts request, Random random, DecisionTrace<TInstance> trace)
    {
        Random own = Random;
        Random = random;
        try
        {
            _request = request;
            trace.Pick = healthy.IsEmpty ? -1 : Choose(policy, healthy, in request);
            trace.ArePreferencesMet = trace.Pick >= 0 && ArePreferencesMet;
            Span<int> left = healthy.ToArray();
            left = left[..Trace(policy.RequiredFilters, left, isPreference: false, trace)];
            Trace(policy.PreferredFilters, left, isPreference: true, trace);
            foreach (InstanceMetric<TInstance> metric in policy.Metrics.Distinct())
            {
                trace.AddColumn(metric, Evaluate(metric, trace.Considered));
            }
        }
        finally
        {
            Random = own;
        }
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

    /// <summary>The metric's values, also of instances that no decision would evaluate.</summary>
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
