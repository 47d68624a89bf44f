using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Tests.Profiles;

public sealed class LatencyCurveTests
{
    private static readonly LatencyCurve Rising = new([10, 20, 40], [100, 150, 350]);

    [Theory]
    [InlineData(1, 100)] // Below the first: level.
    [InlineData(10, 100)]
    [InlineData(15, 125)]
    [InlineData(20, 150)]
    [InlineData(30, 250)]
    [InlineData(40, 350)]
    [InlineData(60, 550)] // Above the last: 10 per 1, as between 20 and 40.
    public void At_Position_IsLinearBetweenPoints(double position, double expected) => Assert.Equal(expected, Rising.At(position), 1e-9);

    [Theory]
    [InlineData(25, 15)]
    [InlineData(1_000, 10)] // A falling end goes on level: it never comes to 0 or below.
    public void At_FallingEnd_GoesOnLevel(double position, double expected) =>
        Assert.Equal(expected, new LatencyCurve([10, 20, 30], [10, 20, 10]).At(position), 1e-9);

    [Fact]
    public void At_SinglePoint_IsLevel() => Assert.Equal(7, new LatencyCurve([10], [7]).At(1e9));

    [Fact]
    public void Constructor_PositionsNotAscending_Throws() =>
        Assert.Throws<ArgumentException>(() => new LatencyCurve([1, 1], [1, 2]));
}
