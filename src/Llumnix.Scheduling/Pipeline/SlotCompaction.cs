using System.Numerics;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Pipeline;

/// <summary>Keeps the slots that meet a condition.</summary>
internal static class SlotCompaction
{
    /// <summary>For each combination of bits, the places of those that are set, in order. What follows them has no meaning.</summary>
    private static readonly Vector256<int>[] PlacesOfBits = [.. Enumerable.Range(0, 1 << SlotBlock.Length).Select(MakePlaces)];

    /// <summary>Writes the slots that meet the condition to the front of a span, in their order.</summary>
    /// <param name="slots">The slots, ascending.</param>
    /// <param name="kept">The destination, at least as long as <paramref name="slots"/>; may be the same memory.</param>
    /// <param name="condition">The condition.</param>
    /// <returns>The slots that meet the condition: the front of <paramref name="kept"/>.</returns>
    public static Span<int> Keep<TPredicate>(ReadOnlySpan<int> slots, Span<int> kept, TPredicate condition)
        where TPredicate : struct, ISlotPredicate, allows ref struct
    {
        // Every slot is written, but counted only when it is kept: no branch to mispredict. Writing never overtakes reading, so the spans may overlap.
        int count = 0;
        for (int i = 0; i < slots.Length;)
        {
            int slot = slots[i];
            if (SlotBlock.IsAt(slots, i))
            {
                uint bits = condition.HoldsFrom(slot);
                (Vector256.Create(slot) + PlacesOfBits[bits]).CopyTo(kept[count..]);
                count += BitOperations.PopCount(bits);
                i += SlotBlock.Length;
            }
            else
            {
                kept[count] = slot;
                count += condition.Holds(slot) ? 1 : 0;
                i++;
            }
        }

        return kept[..count];
    }

    private static Vector256<int> MakePlaces(int bits) =>
        Vector256.Create([.. Enumerable.Range(0, SlotBlock.Length).OrderByDescending(place => (bits >> place) & 1)]);
}
