using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Samples.Extension;

/// <summary>Picks the first candidate that has nothing to do.</summary>
public sealed class IdleInstance : Choice<FullModeInstance>
{
    private readonly FullModeRequests _requests = new();

    /// <inheritdoc/>
    public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [_requests];

    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        ReadOnlySpan<double> requests = scope.Values(_requests);
        foreach (int slot in candidates)
        {
            if (requests[slot] == 0)
            {
                selection = Selection.At(slot);
                return true;
            }
        }

        selection = Selection.None;
        return false;
    }
}
