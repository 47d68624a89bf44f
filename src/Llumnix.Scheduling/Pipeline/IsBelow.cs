namespace Llumnix.Scheduling.Pipeline;

/// <summary>Whether an instance's value is below a limit.</summary>
internal readonly ref struct IsBelow(ReadOnlySpan<double> values, double limit) : ISlotPredicate
{
    private readonly ReadOnlySpan<double> _values = values;

    /// <inheritdoc/>
    public bool Holds(int slot) => _values[slot] < limit;
}
