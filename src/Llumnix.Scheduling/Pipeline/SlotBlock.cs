using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Neighbouring slots that are examined together by vector instructions.</summary>
internal static class SlotBlock
{
    /// <summary>Number of slots in a block.</summary>
    public const int Length = 8;

    /// <summary>Whether a block begins at an index of a list of slots: the slots that follow there are each other's neighbours. Never without vector instructions.</summary>
    /// <param name="slots">The slots, ascending.</param>
    /// <param name="index">The index.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAt(ReadOnlySpan<int> slots, int index) =>
        Vector256.IsHardwareAccelerated && index + Length <= slots.Length && slots[index + Length - 1] - slots[index] == Length - 1;

    /// <summary>The values of the block that begins with a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Of(ReadOnlySpan<double> values, int slot) => Vector512.Create(values.Slice(slot, Length));

    /// <summary>The slots of a block, the first one's bit the lowest, as bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits(Vector512<double> isMet) => (uint)isMet.ExtractMostSignificantBits();

    /// <summary>The bits of a block without those of a slot, which may be in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Without(uint bits, int slot, int without) => (uint)(without - slot) < Length ? bits & ~(1u << (without - slot)) : bits;

    /// <summary><see cref="ISlotPredicate.HoldsFrom"/> of a condition that is tested slot by slot.</summary>
    public static uint TestEach<TPredicate>(int slot, TPredicate condition)
        where TPredicate : struct, ISlotPredicate, allows ref struct
    {
        uint bits = 0;
        for (int i = 0; i < Length; i++)
        {
            bits |= condition.Holds(slot + i) ? 1u << i : 0;
        }

        return bits;
    }
}
