using Llumnix.Scheduling.Calibration;

namespace Llumnix.Scheduling.Tests.Calibration;

public sealed class TableCorrectionTests
{
    private readonly RatioEstimator _ofClass = new(256);

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
