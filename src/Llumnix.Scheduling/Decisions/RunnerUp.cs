using System.Numerics;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.Decisions;

/// <summary>Finds the best candidate beside the pick. Where candidates have neighbouring slots, as in a healthy fleet, by vector instructions.</summary>
internal static class RunnerUp
{
    /// <summary>The best candidate beside the pick, the first one of equals; -1 when there is no other.</summary>
    /// <param name="values">The metric that ranks them, by slot.</param>
    /// <param name="isHigherBetter">Whether a higher value is better.</param>
    /// <param name="candidates">Slots in ascending order.</param>
    /// <param name="pick">The pick's slot.</param>
    internal static int Find(ReadOnlySpan<double> values, bool isHigherBetter, ReadOnlySpan<int> candidates, int pick)
    {
        double sign = isHigherBetter ? -1.0 : 1.0;
        int place = candidates.BinarySearch(pick);
        if (place < 0)
        {
            return Best(values, sign, candidates);
        }

        int before = Best(values, sign, candidates[..place]);
        int after = Best(values, sign, candidates[(place + 1)..]);
        return after < 0 || (before >= 0 && !(sign * values[after] < sign * values[before])) ? before : after;
    }

    private static int Best(ReadOnlySpan<double> values, double sign, ReadOnlySpan<int> slots)
    {
        if (slots.IsEmpty)
        {
            return -1;
        }

        int best = slots[0];
        if (slots[^1] - best == slots.Length - 1)
        {
            return best + FirstLowest(values.Slice(best, slots.Length), sign);
        }

        double bound = double.PositiveInfinity;
        foreach (int slot in slots)
        {
            double value = sign * values[slot];
            if (value < bound)
            {
                (best, bound) = (slot, value);
            }
        }

        return best;
    }

    /// <summary>Index of the first one of the lowest values; 0 when none is below infinity.</summary>
    private static int FirstLowest(ReadOnlySpan<double> values, double sign)
    {
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        var lowest = new Vector<double>(double.PositiveInfinity);
        foreach (Vector<double> vector in vectors)
        {
            Vector<double> signed = vector * sign;
            lowest = Vector.ConditionalSelect(Vector.LessThan(signed, lowest), signed, lowest);
        }

        double bound = double.PositiveInfinity;
        for (int i = 0; i < Vector<double>.Count; i++)
        {
            bound = Math.Min(bound, lowest[i]);
        }

        foreach (double value in values[(vectors.Length * Vector<double>.Count)..])
        {
            bound = sign * value < bound ? sign * value : bound;
        }

        return double.IsPositiveInfinity(bound) ? 0 : IndexOf(values, vectors, sign * bound);
    }

    private static int IndexOf(ReadOnlySpan<double> values, ReadOnlySpan<Vector<double>> vectors, double wanted)
    {
        var all = new Vector<double>(wanted);
        int vector = 0;
        while (vector < vectors.Length && !Vector.EqualsAny(vectors[vector], all))
        {
            vector++;
        }

        int index = vector * Vector<double>.Count;
        while (values[index] != wanted)
        {
            index++;
        }

        return index;
    }
}
