namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Finds the instances of one view whose whole KV cache can hold a prompt. An instance that does not report its capacity counts as able to hold any
/// prompt. A prompt that fits everywhere costs one comparison, with the smallest capacity, which is recomputed only when a capacity has changed.
/// </summary>
internal sealed class KvCapacityIndex(ClusterView<FullModeInstance> view)
{
    /// <summary>The condition's name in explanations.</summary>
    internal const string FilterName = "kv_cache_capacity >= prompt";

    private readonly int[] _holding = new int[view.Count];
    private int _smallest;
    private bool _isOutdated = true;

    /// <summary>Notes that an instance's capacity has changed.</summary>
    internal void Invalidate() => _isOutdated = true;

    /// <summary>The slots whose instances can hold the prompt, in their order; valid until the next call.</summary>
    internal ReadOnlySpan<int> Holding(ReadOnlySpan<int> slots, int promptTokens)
    {
        if (promptTokens <= Smallest())
        {
            return slots;
        }

        int kept = 0;
        foreach (int slot in slots)
        {
            // Always written, but counted only when it fits: no branch to mispredict.
            _holding[kept] = slot;
            kept += Holds(view.Instances[slot], promptTokens) ? 1 : 0;
        }

        return _holding.AsSpan(0, kept);
    }

    /// <summary>Whether any instance in a range of slots can hold the prompt, healthy or not.</summary>
    internal bool IsAnyHolding(int start, int end, int promptTokens)
    {
        foreach (FullModeInstance instance in view.Instances[start..end])
        {
            if (Holds(instance, promptTokens))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(FullModeInstance instance, int promptTokens) =>
        instance.Status.TotalGpuTokens <= 0 || promptTokens <= instance.Status.TotalGpuTokens;

    private int Smallest()
    {
        if (_isOutdated)
        {
            _isOutdated = false;
            _smallest = int.MaxValue;
            foreach (FullModeInstance instance in view.Instances)
            {
                int capacity = instance.Status.TotalGpuTokens;
                _smallest = capacity > 0 ? Math.Min(_smallest, capacity) : _smallest;
            }
        }

        return _smallest;
    }
}
