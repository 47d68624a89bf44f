using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Whether an instance's value is not below a limit.</summary>
internal readonly ref struct IsAtLeast(ReadOnlySpan<double> values, double limit) : ISlotPredicate
{
    private readonly ReadOnlySpan<double> _values = values;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Holds(int slot) => _values[slot] >= limit;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint HoldsFrom(int slot) => SlotBlock.Bits(Vector512.GreaterThanOrEqual(SlotBlock.Of(_values, slot), Vector512.Create(limit)));
}
