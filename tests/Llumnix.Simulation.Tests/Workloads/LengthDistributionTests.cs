using CsCheck;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Workloads;

public sealed class LengthDistributionTests
{
    private static readonly LengthDistribution Lengths = new((0, 10), (0.5, 1000), (1, 4000));

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.25, 100)]
    [InlineData(0.5, 1000)]
    [InlineData(0.75, 2000)]
    [InlineData(1, 4000)]
    public void TokensAt_Quantile_IsInterpolatedInLogSpace(double quantile, int expected) =>
        Assert.Equal(expected, Lengths.TokensAt(quantile));

    [Fact]
    public void TokensAt_RisingQuantiles_NeverFalls() =>
        Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1]).Sample((a, b) =>
            Lengths.TokensAt(Math.Min(a, b)) <= Lengths.TokensAt(Math.Max(a, b)));

    [Fact]
    public void Mean_OneFlatAndOneRisingPiece_IsWorkedOut() =>
        Assert.Equal(0.5 * 100 + 0.5 * 100 / Math.Log(2), new LengthDistribution((0, 100), (0.5, 100), (1, 200)).Mean, precision: 9);

    [Fact]
    public void Constructor_PointsThatAreNoQuantileFunction_Throws()
    {
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0, 1)));
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0.1, 1), (1, 2)));
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0, 1), (0.9, 2)));
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0, 0), (1, 2)));
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0, 5), (1, 2)));
        Assert.Throws<ArgumentException>(() => new LengthDistribution((0, 1), (0.5, 2), (0.5, 3), (1, 4)));
    }
}
