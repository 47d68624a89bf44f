using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Tests.Profiles;

public sealed class LatencyAxisTests
{
    /// <summary>Axes of many shapes, at, between, a hair beside and far outside of their samples, against looking at each sample.</summary>
    [Fact]
    public void Find_AnyAxis_IsThePlainSearch()
    {
        var random = new Random(1);
        for (int round = 0; round < 2000; round++)
        {
            double[] samples = Samples(random);
            var axis = new LatencyAxis(samples);
            double[] positions =
            [
                .. samples, .. samples.Select(Math.BitIncrement), .. samples.Select(Math.BitDecrement),
                .. Enumerable.Range(0, 50).Select(_ => (random.NextDouble() * 1.2 * samples[^1]) - 1), 0, -5, 1e300, double.PositiveInfinity, double.NaN,
            ];
            Assert.All(positions, position =>
            {
                AxisPosition found = axis.Find(position);
                AxisPosition expected = Plain(samples, position);
                Assert.Equal((expected.Index, expected.Next), (found.Index, found.Next));
                Assert.Equal(expected.Weight, found.Weight, Math.Abs(expected.Weight) * 1e-12);
            });
        }
    }

    private static double[] Samples(Random random)
    {
        int count = random.Next(1, 20);
        double scale = Math.Pow(10, random.Next(-3, 6));
        double[] drawn = random.Next(3) switch
        {
            0 => [.. Enumerable.Range(0, count).Select(i => Math.Pow(2, i))],
            1 => [.. Enumerable.Range(0, count).Select(i => scale * (i + 1))],
            _ => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - (random.Next(4) == 0 ? 0.2 : 0)) * scale)],
        };
        return [.. drawn.Distinct().Order()];
    }

    private static AxisPosition Plain(double[] samples, double position)
    {
        if (samples.Length == 1 || !(position > samples[0]))
        {
            return new AxisPosition(0, 0, 0);
        }

        int below = Math.Min(Array.FindLastIndex(samples, sample => sample <= position), samples.Length - 2);
        return new AxisPosition(below, below + 1, (position - samples[below]) / (samples[below + 1] - samples[below]));
    }
}
