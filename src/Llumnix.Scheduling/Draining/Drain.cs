namespace Llumnix.Scheduling.Draining;

/// <summary>An order that instances get no new requests. Immutable.</summary>
/// <param name="Selector">The instances.</param>
/// <param name="Process">The process that is drained, with <see cref="DrainScope.Instance"/>; otherwise null.</param>
public sealed record Drain(DrainSelector Selector, EngineProcess? Process = null)
{
    /// <summary>The drain of the instances that their platform is about to end.</summary>
    internal static Drain Terminating { get; } = new(new DrainSelector(DrainScope.Terminating, ""));

    internal bool Matches(in DrainSubject subject) => Selector.Scope switch
    {
        DrainScope.Instance => Selector.Value == subject.Id && Process is { } process && process.IsStill(subject.Process),
        DrainScope.Node => Selector.Value == subject.NodeId,
        DrainScope.Unit => Selector.Value == subject.UnitId,
        DrainScope.Label => HasLabel(subject.Labels, Selector.Value),
        _ => subject.IsTerminating,
    };

    private static bool HasLabel(ReadOnlySpan<char> labels, ReadOnlySpan<char> label)
    {
        foreach (Range range in labels.Split(','))
        {
            if (labels[range].SequenceEqual(label))
            {
                return true;
            }
        }

        return false;
    }
}
