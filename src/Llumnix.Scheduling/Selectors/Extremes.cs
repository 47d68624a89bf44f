namespace Llumnix.Scheduling.Selectors;

/// <summary>Best slots by one column of values; ties are broken uniformly at random.</summary>
internal static class Extremes
{
    /// <summary>The slot with the lowest value; -1 when there are no slots.</summary>
    public static int Lowest(ReadOnlySpan<int> slots, ReadOnlySpan<double> values, Random random) => Best(slots, values, 1.0, random);

    /// <summary>The slot with the highest value; -1 when there are no slots.</summary>
    public static int Highest(ReadOnlySpan<int> slots, ReadOnlySpan<double> values, Random random) => Best(slots, values, -1.0, random);

    private static int Best(ReadOnlySpan<int> slots, ReadOnlySpan<double> values, double sign, Random random)
    {
        int best = -1;
        int equals = 0;
        double bound = double.PositiveInfinity;
        foreach (int slot in slots)
        {
            double value = sign * values[slot];
            if (best < 0 || value < bound)
            {
                (best, bound, equals) = (slot, value, 1);
            }
            else if (value == bound && random.Next(++equals) == 0)
            {
                best = slot;
            }
        }

        return best;
    }
}
