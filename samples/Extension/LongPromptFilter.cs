using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Samples.Extension;

/// <summary>Keeps, for a long prompt, the candidates whose load is below a limit; for any other prompt, all of them.</summary>
public sealed class LongPromptFilter(int longPrompt, InstanceMetric<FullModeInstance> load, double limit) : CandidateFilter<FullModeInstance>
{
    /// <inheritdoc/>
    public override string Name => $"prompt < {longPrompt} or {load.Name} < {limit}";

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } = [load];

    /// <inheritdoc/>
    public override int Keep(Span<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        if (scope.Request.PromptTokens < longPrompt)
        {
            return candidates.Length;
        }

        ReadOnlySpan<double> loads = scope.Values(load);
        int kept = 0;
        foreach (int slot in candidates)
        {
            if (loads[slot] < limit)
            {
                candidates[kept++] = slot;
            }
        }

        return kept;
    }
}
