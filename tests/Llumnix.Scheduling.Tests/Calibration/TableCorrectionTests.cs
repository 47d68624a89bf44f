using Llumnix.Scheduling.Calibration;

namespace Llumnix.Scheduling.Tests.Calibration;

public sealed class TableCorrectionTests
{
    private readonly RatioEstimator _ofClass = new(256);

    /// <summary>Two halves of a class that differ by 15% are each only half of that away from its mean.</summary>
    [Fact]
    public void Factor_HalvesOfAClassDiffer_EachHasItsOwn()
    {
        var random = new Random(1);
        var fast = new TableCorrection(_ofClass);
        var slow = new TableCorrection(_ofClass);
        for (int i = 0; i < 500; i++)
        {
            fast.Add(1 + (0.02 * (random.NextDouble() - 0.5)));
            slow.Add(1.15 * (1 + (0.02 * (random.NextDouble() - 0.5))));
        }

        Assert.Equal(1, fast.Factor);
        Assert.Equal(1.15, slow.Factor, 0.01);
    }

    /// <summary>Noise of the measurement makes no difference among equal instances.</summary>
    [Fact]
    public void Ratio_EqualInstancesAndNoise_IsThatOfTheClass()
    {
        var random = new Random(2);
        TableCorrection[] instances = [.. Enumerable.Range(0, 8).Select(_ => new TableCorrection(_ofClass))];
        for (int i = 0; i < 1000; i++)
        {
            foreach (TableCorrection instance in instances)
            {
                instance.Add(1.2 * (1 + (0.2 * (random.NextDouble() - 0.5))));
                if (instance.Samples > 64)
                {
                    Assert.Equal(_ofClass.Ratio, instance.Ratio);
                }
            }
        }
    }
}
