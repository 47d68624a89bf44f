namespace Llumnix.Scheduling.Pipeline;

/// <summary>Whether an instance's value is not below a limit.</summary>
internal readonly ref struct IsAtLeast(ReadOnlySpan<double> values, double limit) : ISlotPredicate
{
    private readonly ReadOnlySpan<double> _values = values;

    /// <inheritdoc/>
    public bool Holds(int slot) => _values[slot] >= limit;
}
