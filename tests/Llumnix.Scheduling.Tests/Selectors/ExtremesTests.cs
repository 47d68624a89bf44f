using CsCheck;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class ExtremesTests
{
    private static readonly double[] Values = [5, 1, 3, 1, 5, 1, double.PositiveInfinity];

    [Fact]
    public void Lowest_NoSlots_IsNone() => Assert.Equal(-1, Extremes.Lowest([], Values, new Random(1)));

    [Fact]
    public void Lowest_OnlyInfinite_IsOneAllTheSame() => Assert.Equal(6, Extremes.Lowest([6], Values, new Random(1)));

    [Fact]
    public void Lowest_Ties_EachIsAsLikely() => AssertEvenly([1, 3, 5], random => Extremes.Lowest([0, 1, 2, 3, 4, 5], Values, random));

    [Fact]
    public void Highest_Ties_EachIsAsLikely() => AssertEvenly([0, 4], random => Extremes.Highest([0, 1, 2, 3, 4], Values, random));

    /// <summary>Neighbouring slots are compared together, others alone: both pick the same, with the same draws.</summary>
    [Fact]
    public void Extremes_AnySlotsAndValues_AreThoseOfAComparisonOneByOne() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            int distinct = random.Next(1, 100);
            double[] values = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(9) == 0 ? double.PositiveInfinity : random.Next(distinct))];
            int gaps = random.Next(6);
            int[] slots = [.. Enumerable.Range(0, values.Length).Where(_ => random.Next(20) >= gaps)];
            Assert.Equal(LowestOneByOne(slots, values, new Random(seed)), Extremes.Lowest(slots, values, new Random(seed)));
            double[] opposite = [.. values.Select(static value => -value)];
            Assert.Equal(LowestOneByOne(slots, opposite, new Random(seed)), Extremes.Highest(slots, values, new Random(seed)));
        },
        iter: 1000);

    private static int LowestOneByOne(int[] slots, double[] values, Random random)
    {
        int best = -1;
        int equals = 1;
        foreach (int slot in slots)
        {
            if (best < 0 || values[slot] < values[best])
            {
                (best, equals) = (slot, 1);
            }
            else if (values[slot] == values[best] && random.Next(++equals) == 0)
            {
                best = slot;
            }
        }

        return best;
    }

    private static void AssertEvenly(int[] expected, Func<Random, int> pick)
    {
        var random = new Random(3);
        const int Each = 1000;
        Dictionary<int, int> picks = Enumerable.Range(0, Each * expected.Length).CountBy(_ => pick(random)).ToDictionary();
        Assert.Equal(expected, picks.Keys.Order());
        Assert.All(picks.Values, count => Assert.InRange(count, Each * 0.9, Each * 1.1));
    }
}
