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

    private static void AssertEvenly(int[] expected, Func<Random, int> pick)
    {
        var random = new Random(3);
        const int Each = 1000;
        Dictionary<int, int> picks = Enumerable.Range(0, Each * expected.Length).CountBy(_ => pick(random)).ToDictionary();
        Assert.Equal(expected, picks.Keys.Order());
        Assert.All(picks.Values, count => Assert.InRange(count, Each * 0.9, Each * 1.1));
    }
}
