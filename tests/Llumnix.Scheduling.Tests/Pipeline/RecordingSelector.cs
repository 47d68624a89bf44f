using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Tests.Pipeline;

/// <summary>Remembers the candidates that it was given, and picks the first.</summary>
internal sealed class RecordingSelector : CandidateSelector<FullModeInstance>
{
    /// <summary>Slots of the last call's candidates; none before the first.</summary>
    internal int[] Candidates { get; private set; } = [];

    public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
    {
        Candidates = candidates.ToArray();
        return Selection.At(candidates[0]);
    }
}
