using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.AdaptivePd.Choices;

/// <summary>In overload: refuses the request.</summary>
internal sealed class Reject : Choice<FullModeInstance>
{
    /// <inheritdoc/>
    public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
    {
        selection = Selection.None;
        return true;
    }
}
