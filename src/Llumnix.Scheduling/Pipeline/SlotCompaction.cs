namespace Llumnix.Scheduling.Pipeline;

/// <summary>Keeps the slots that meet a condition.</summary>
internal static class SlotCompaction
{
    /// <summary>Writes the slots that meet the condition to the front of a span, in their order.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="kept">Where to, as long as <paramref name="slots"/> at least; may be the same memory.</param>
    /// <param name="condition">The condition.</param>
    /// <returns>Those that were kept, at the front of <paramref name="kept"/>.</returns>
    public static Span<int> Keep<TPredicate>(ReadOnlySpan<int> slots, Span<int> kept, TPredicate condition)
        where TPredicate : struct, ISlotPredicate, allows ref struct
    {
        // Every slot is written and only counted when it stays: no branch to mispredict. It never writes ahead of where it reads.
        int count = 0;
        foreach (int slot in slots)
        {
            kept[count] = slot;
            count += condition.Holds(slot) ? 1 : 0;
        }

        return kept[..count];
    }
}
