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
        foreach (int slot in slots[1..])
        {
            double value = score.Of(slot);
            if (value > lowest)
            {
                // Most often: one comparison for each slot.
                continue;
            }

            if (value < lowest)
            {
                (best, lowest, equals) = (slot, value, 1);
            }

            // Reservoir sampling: the n-th of equal slots replaces the present one with probability 1/n, so that one pass gives each the same chance.
            else if (value == lowest && random.Next(++equals) == 0)
            {
                best = slot;
            }
        }

        return best;
    }

    private readonly ref struct ColumnScore(ReadOnlySpan<double> values, double sign) : ISlotScore
    {
        private readonly ReadOnlySpan<double> _values = values;

        public double Of(int slot) => sign * _values[slot];
    }
}
