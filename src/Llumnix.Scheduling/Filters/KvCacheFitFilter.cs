using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Filters;

/// <summary>Keeps the candidates whose KV headroom holds the request's prompt and its expected output.</summary>
public sealed class KvCacheFitFilter(int expectedOutputTokens) : CandidateFilter<FullModeInstance>
{
    private readonly KvHeadroomTokens _left = new();

    /// <inheritdoc/>
    public override string Name => $"kv_cache_tokens_left >= prompt + {expectedOutputTokens.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [_left];

    /// <inheritdoc/>
    public override int Keep(Span<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        double needed = (double)scope.Request.PromptTokens + expectedOutputTokens;
        return SlotCompaction.Keep(candidates, candidates, new IsAtLeast(scope.Values(_left), needed)).Length;
    }
}
