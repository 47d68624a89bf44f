using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Selectors;

/// <summary>Finds the slot with the lowest or highest value; ties are broken uniformly at random.</summary>
internal static class Extremes
{
    /// <summary>The slot with the lowest value; -1 when there are no slots.</summary>
    public static int Lowest(ReadOnlySpan<int> slots, ReadOnlySpan<double> values, Random random) =>
        Lowest(slots, new ColumnScore(values, 1.0), random);

    /// <summary>The slot with the highest value; -1 when there are no slots.</summary>
    public static int Highest(ReadOnlySpan<int> slots, ReadOnlySpan<double> values, Random random) =>
        Lowest(slots, new ColumnScore(values, -1.0), random);

    /// <summary>The slot with the lowest score; -1 when there are no slots.</summary>
    public static int Lowest<TScore>(ReadOnlySpan<int> slots, TScore score, Random random)
        where TScore : struct, ISlotScore, allows ref struct
    {
        if (slots.IsEmpty)
        {
            return -1;
        }

        int best = slots[0];
        int equals = 1;
        double lowest = score.Of(best);
        for (int i = 1; i < slots.Length;)
        {
            int end = i + 1;
            if (SlotBlock.IsAt(slots, i))
            {
                // Most often: one comparison for a block.
                end = i + SlotBlock.Length;
                i = score.AreAllAbove(slots[i], lowest) ? end : i;
            }

            for (; i < end; i++)
            {
                double value = score.Of(slots[i]);
                if (value < lowest)
                {
                    (best, lowest, equals) = (slots[i], value, 1);
                }

                // Reservoir sampling: the n-th of equal slots replaces the present one with probability 1/n, so that one pass gives each the same chance.
                else if (value == lowest && random.Next(++equals) == 0)
                {
                    best = slots[i];
                }
            }
        }

        return best;
    }
}
