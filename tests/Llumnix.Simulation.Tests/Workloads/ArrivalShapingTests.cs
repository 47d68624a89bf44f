using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class ArrivalShapingTests
{
    private static readonly IReadOnlyList<RequestArrival> Arrivals =
    [
        new(TimeSpan.Zero, 10, 1), new(TimeSpan.FromSeconds(4), 20, 2), new(TimeSpan.FromSeconds(10), 30, 3),
    ];

    [Fact]
    public void SpeedUp_ByFour_DividesTheOffsetsOnly() =>
        Assert.Equal(
            [new(TimeSpan.Zero, 10, 1), new(TimeSpan.FromSeconds(1), 20, 2), new(TimeSpan.FromSeconds(2.5), 30, 3)],
            Arrivals.SpeedUp(4));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void SpeedUp_SenselessFactor_Throws(double factor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Arrivals.SpeedUp(factor));

    [Fact]
    public void CutAt_AnOffset_LeavesThatArrivalOut() =>
        Assert.Equal(Arrivals.Take(2), Arrivals.CutAt(TimeSpan.FromSeconds(10)));
}
