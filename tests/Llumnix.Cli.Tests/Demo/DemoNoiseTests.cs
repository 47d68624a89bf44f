using CsCheck;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoNoiseTests
{
    [Fact]
    public void IsClear_RunsThatDifferByChanceOnly_SeldomIs()
    {
        var random = new Random(1);
        const int Pairs = 2000;
        int clear = Enumerable.Range(0, Pairs).Count(_ => IsClear(Noise(random, 0), Noise(random, 0)) == true);

        Assert.InRange(clear, Pairs * 0.03, Pairs * 0.07); // 5 percent, by the level of the test
    }

    [Fact]
    public void IsClear_DifferenceOfManyDeviations_NearlyAlwaysIs()
    {
        var random = new Random(2);
        const int Pairs = 200;

        Assert.InRange(Enumerable.Range(0, Pairs).Count(_ => IsClear(Noise(random, 10), Noise(random, 0)) == true), Pairs * 0.99, Pairs);
    }

    [Fact]
    public void IsClear_EitherWayRound_IsTheSame() => Gen.Double[1, 1000].Array[5].Select(Gen.Double[1, 1000].Array[5])
        .Sample((mine, other) => Assert.Equal(IsClear(mine, other), IsClear(other, mine)));

    [Fact]
    public void IsClear_FewerThanTwoPartsWithMeasurements_IsNotKnown()
    {
        Assert.Null(IsClear([], []));
        Assert.Null(IsClear([5, double.NaN], [double.NaN, 5]));
        Assert.NotNull(IsClear([5, 6, double.NaN], [5, 6, 7]));
    }

    /// <summary>Five normal values with a deviation of 1.</summary>
    private static double[] Noise(Random random, double mean) =>
        [.. Enumerable.Range(0, 5).Select(_ => mean + (Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];

    private static bool? IsClear(double[] mine, double[] other) => DemoNoise.IsClear(RunOf(mine), RunOf(other), static part => part.Sent < 0 ? double.NaN : part.Ttft.Mean.Ticks / 1e6);

    private static LoadResult RunOf(double[] values) => DemoSamples.Run() with
    {
        Parts =
        [
            .. values.Prepend(0).Select(static value => DemoSamples.Part(1) with
            {
                Sent = double.IsNaN(value) ? -1 : 1,
                Ttft = new LatencySummary(1, TimeSpan.FromTicks(double.IsNaN(value) ? 0 : (long)(value * 1e6)), default, default, default),
            }),
        ],
    };
}
