using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>
/// Picks one of the K best candidates uniformly at random. Candidates are compared by a list of metrics, of which the first that differs decides.
/// </summary>
/// <remarks>
/// A uniformly drawn rank below K stands for one of the K best; candidates that are equal in all metrics are interchangeable, and one of them is
/// picked at random. The groups of equals are therefore removed from the best on until the group with that rank is reached: at most K passes, and one
/// for K = 1.
/// </remarks>
public sealed class TopKSelector<TInstance> : CandidateSelector<TInstance>
    where TInstance : Instance
{
    private readonly InstanceMetric<TInstance>[] _metrics;

    /// <summary>
    /// The metrics in order of comparison. With a tolerance the first metric occurs twice: first with the tolerance, and at the end without it.
    /// </summary>
    private readonly InstanceMetric<TInstance>[] _order;
    private readonly int _k;
    private readonly double _tolerance;

    /// <param name="metrics">In order of importance, at least one.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="tolerance">
    /// Candidates whose first metric is worse than the best by at most this much count as equal in it, until all other metrics are equal too; not
    /// negative.
    /// </param>
    public TopKSelector(IReadOnlyList<InstanceMetric<TInstance>> metrics, int k, double tolerance = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(metrics.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        _metrics = [.. metrics];
        _order = tolerance > 0 ? [.. metrics, metrics[0]] : _metrics;
        _k = k;
        _tolerance = tolerance;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<TInstance>> Metrics => _metrics;

    /// <inheritdoc/>
    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<TInstance> scope)
    {
        // When the first group of equals has the rank, as always with K = 1, no copy of the candidates is needed.
        int rank = _k == 1 ? 0 : scope.Random.Next(Math.Min(_k, candidates.Length));
        Span<int> best = scope.TakeSlots();
        int count = Best(candidates, best, scope);
        if (rank >= count)
        {
            return Selection.At(SelectByRank(candidates, rank, scope));
        }

        return Selection.At(best[count == 1 ? 0 : scope.Random.Next(count)]);
    }

    private int SelectByRank(ReadOnlySpan<int> candidates, int rank, DecisionScope<TInstance> scope)
    {
        Span<int> best = scope.TakeSlots();
        // Groups are removed from a copy, since the candidates are the caller's memory.
        int[] rest = System.Buffers.ArrayPool<int>.Shared.Rent(candidates.Length);
        candidates.CopyTo(rest);
        int length = candidates.Length;
        int count = Best(rest.AsSpan(0, length), best, scope);
        while (rank >= count)
        {
            rank -= count;
            length = Without(rest.AsSpan(0, length), best[..count]);
            count = Best(rest.AsSpan(0, length), best, scope);
        }

        System.Buffers.ArrayPool<int>.Shared.Return(rest);
        return best[count == 1 ? 0 : scope.Random.Next(count)];
    }

    /// <summary>Finds the best candidates, which are equal in all metrics, in slot order; returns their number.</summary>
    private int Best(ReadOnlySpan<int> candidates, Span<int> best, DecisionScope<TInstance> scope)
    {
        int count = candidates.Length;
        for (int i = 0; i < _order.Length && (i == 0 || count > 1); i++)
        {
            InstanceMetric<TInstance> metric = _order[i];
            // A sign turns "higher is better" into "lower is better", so that one comparison serves both.
            double sign = metric.IsHigherBetter ? -1.0 : 1.0;
            // The tolerance is measured from the best of all candidates, not from candidate to candidate: it would not be transitive then.
            count = i == 0 && _tolerance > 0
                ? Near(candidates, best, scope.Values(metric), sign)
                : Lowest(candidates, best, scope.Values(metric), sign);
            candidates = best[..count];
        }

        return count;
    }

    private int Near(ReadOnlySpan<int> candidates, Span<int> near, ReadOnlySpan<double> values, double sign)
    {
        double bound = double.PositiveInfinity;
        foreach (int slot in candidates)
        {
            bound = Math.Min(bound, sign * values[slot]);
        }

        bound += _tolerance;
        int count = 0;
        foreach (int slot in candidates)
        {
            near[count] = slot;
            count += sign * values[slot] <= bound ? 1 : 0;
        }

        return count;
    }

    /// <summary>
    /// Keeps the candidates with the lowest value. Each candidate is read before its place can be overwritten, so that both spans may be the same
    /// memory.
    /// </summary>
    private static int Lowest(ReadOnlySpan<int> candidates, Span<int> lowest, ReadOnlySpan<double> values, double sign)
    {
        var score = new ColumnScore(values, sign);
        double bound = double.PositiveInfinity;
        int count = 0;
        for (int i = 0; i < candidates.Length;)
        {
            int end = i + 1;
            if (SlotBlock.IsAt(candidates, i))
            {
                // Most often: one comparison for a block.
                end = i + SlotBlock.Length;
                i = score.AreAllAbove(candidates[i], bound) ? end : i;
            }

            for (; i < end; i++)
            {
                int slot = candidates[i];
                double value = score.Of(slot);
                if (value > bound)
                {
                    continue;
                }

                count = value < bound ? 0 : count;
                bound = value;
                lowest[count++] = slot;
            }
        }

        return count;
    }

    private static int Without(Span<int> slots, ReadOnlySpan<int> removed)
    {
        int kept = 0;
        int next = 0;
        // Both lists are in slot order, so that one pass compares them.
        foreach (int slot in slots)
        {
            if (next < removed.Length && removed[next] == slot)
            {
                next++;
                continue;
            }

            slots[kept++] = slot;
        }

        return kept;
    }
}
