using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Filters;

/// <summary>Keeps the candidates whose KV cache has room for the request's prompt and its expected output.</summary>
public sealed class KvCacheFitFilter(int expectedOutputTokens) : CandidateFilter<FullModeInstance>
{
    private readonly KvCacheTokensLeft _left = new();

    /// <inheritdoc/>
    public override string Name => $"kv_cache_tokens_left >= prompt + {expectedOutputTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [_left];

    /// <inheritdoc/>
    public override int Keep(Span<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        ReadOnlySpan<double> left = scope.Values(_left);
        double needed = (double)scope.Request.PromptTokens + expectedOutputTokens;
        int kept = 0;
        foreach (int slot in candidates)
        {
            candidates[kept] = slot;
            kept += left[slot] >= needed ? 1 : 0;
        }

        return kept;
    }
}
