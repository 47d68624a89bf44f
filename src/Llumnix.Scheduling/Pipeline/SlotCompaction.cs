namespace Llumnix.Scheduling.Pipeline;

/// <summary>Keeps the slots that meet a condition.</summary>
internal static class SlotCompaction
{
    /// <summary>Writes the slots that meet the condition to the front of a span, in their order.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="kept">The destination, at least as long as <paramref name="slots"/>; may be the same memory.</param>
    /// <param name="condition">The condition.</param>
    /// <returns>The slots that meet the condition: the front of <paramref name="kept"/>.</returns>
    public static Span<int> Keep<TPredicate>(ReadOnlySpan<int> slots, Span<int> kept, TPredicate condition)
        where TPredicate : struct, ISlotPredicate, allows ref struct
    {
        // Every slot is written, but counted only when it is kept: no branch to mispredict. Writing never overtakes reading, so the spans may overlap.
        int count = 0;
        foreach (int slot in slots)
        {
            kept[count] = slot;
            count += condition.Holds(slot) ? 1 : 0;
        }

        return kept[..count];
    }
}
