using Llumnix.Scheduling.AdaptivePd;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class PrefillArrivalsTests
{
    private const int Capacity = 64;

    [Theory]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(1, 30)]
    [InlineData(2, 20)]
    [InlineData(3, 20)] // The one before was late anyway.
    [InlineData(4, 10)]
    [InlineData(1000, 10)]
    public void EarliestOf_Newest_IsTheEarliestOfThose(int newest, double expected)
    {
        var arrivals = new PrefillArrivals(Capacity);
        foreach (double at in new[] { 10, double.PositiveInfinity, 20, 30 })
        {
            arrivals.Add(at);
        }

        Assert.Equal(expected, arrivals.EarliestOf(newest));
    }

    [Fact]
    public void EarliestOf_MoreThanAreRemembered_TheOldestAreForgotten()
    {
        var arrivals = new PrefillArrivals(Capacity);
        for (int i = 0; i < 3 * Capacity; i++)
        {
            arrivals.Add(i);
        }

        Assert.Equal(2 * Capacity, arrivals.EarliestOf(long.MaxValue));
        Assert.Equal((3 * Capacity) - 1, arrivals.EarliestOf(1));
    }
}
