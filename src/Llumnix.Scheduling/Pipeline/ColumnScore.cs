using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>A column of values, with a sign: -1 turns "higher is better" into "lower is better".</summary>
internal readonly ref struct ColumnScore(ReadOnlySpan<double> values, double sign) : ISlotScore
{
    private readonly ReadOnlySpan<double> _values = values;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Of(int slot) => sign * _values[slot];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AreAllAbove(int slot, double bound) =>
        Vector512.GreaterThanAll(SlotBlock.Of(_values, slot) * sign, Vector512.Create(bound));
}
