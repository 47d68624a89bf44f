using CsCheck;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Simulation.Tests.Comparisons;

public sealed class EstimateTests
{
    [Fact]
    public void Of_Samples_MeanAndIntervalOfStudentsDistribution()
    {
        Estimate estimate = Estimate.Of([1, 2, 3, double.NaN, double.PositiveInfinity]);
        Assert.Equal(2, estimate.Mean);
        Assert.Equal(4.303 / Math.Sqrt(3), estimate.HalfWidth, 1e-9);
        Assert.False(estimate.IsClear);
        Assert.True(Estimate.Of([101, 102, 103]).IsClear);
    }

    [Fact]
    public void Of_FewerThanTwo_NothingIsKnownOfTheNoise()
    {
        Assert.True(double.IsNaN(Estimate.Of([]).Mean));
        Assert.Equal(5, Estimate.Of([5]).Mean);
        Assert.Null(Estimate.Of([5]).IsClear);
    }

    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(30, 2.042)]
    [InlineData(31, 2.040)]
    [InlineData(40, 2.021)]
    [InlineData(120, 1.980)]
    [InlineData(1_000_000, 1.960)]
    public void Quantile_IsThatOfTheTables(int degreesOfFreedom, double quantile) => Assert.Equal(quantile, StudentT.Quantile(degreesOfFreedom), 0.004);

    /// <summary>The interval of a normal sample holds the true mean 19 times in 20.</summary>
    [Fact]
    public void Of_NormalSamples_TheIntervalHoldsTheMeanAsOftenAsItSays() => Gen.Int[0, 1_000_000].Sample(
        static seed =>
        {
            var random = new Random(seed);
            int held = Enumerable.Range(0, 2000).Count(_ => Estimate.Of(Enumerable.Range(0, 5).Select(_ => Normal(random))) is var e && Math.Abs(e.Mean) <= e.HalfWidth);
            Assert.InRange(held / 2000.0, 0.92, 0.98);
        },
        iter: 10);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
