using CsCheck;
using Llumnix.Scheduling.Calibration;

namespace Llumnix.Scheduling.Tests.Calibration;

public sealed class RatioEstimatorTests
{
    [Fact]
    public void Ratio_FewSamples_IsNotKnown()
    {
        RatioEstimator estimator = After(2, 2, 2, 2);
        Assert.False(estimator.IsKnown);
        Assert.Equal(1, estimator.Ratio);
    }

    [Fact]
    public void Ratio_OutliersAtTheStart_IsTheMedian() => Assert.Equal(1.3, After(0.001, 1.3, 1.3, 1000, 1.3).Ratio, 1e-9);

    [Fact]
    public void Ratio_Noise_ComesNear()
    {
        var random = new Random(1);
        RatioEstimator estimator = After([.. Enumerable.Range(0, 200).Select(_ => 1.3 * Math.Exp(0.2 * (random.NextDouble() - 0.5)))]);
        Assert.InRange(estimator.Ratio, 1.27, 1.33);
        Assert.True(estimator.CorrectedError < estimator.TableError);
    }

    [Fact]
    public void Ratio_AnOutlierInTen_HardlyMoves()
    {
        var random = new Random(2);
        RatioEstimator estimator = After([.. Enumerable.Range(0, 300).Select(i => i % 10 == 9 ? 50 : Math.Exp(0.1 * (random.NextDouble() - 0.5)))]);
        Assert.InRange(estimator.Ratio, 0.97, 1.12);
    }

    [Fact]
    public void Ratio_LastingChange_IsFollowedWithinSomeDozenSamples()
    {
        RatioEstimator estimator = After([.. Enumerable.Repeat(1.0, 100), .. Enumerable.Repeat(1.25, 48)]);
        Assert.InRange(estimator.Ratio, 1.2, 1.25);
    }

    [Fact]
    public void IsHarmful_SamplesThatTheEstimateKeepsMissing_SaysSo()
    {
        RatioEstimator estimator = After(1, 1, 1, 1, 1);
        for (int i = 0; i < 200; i++)
        {
            // Always on the other side of the table than the estimate.
            estimator.Add(estimator.Ratio > 1 ? 1.0 / 3 : 3);
        }

        Assert.True(estimator.CorrectedError > estimator.TableError);
        Assert.True(estimator.IsHarmful);
    }

    [Fact]
    public void Forget_ComesNearTheOther()
    {
        RatioEstimator estimator = After(2, 2, 2, 2, 2);
        estimator.Forget(1, 0.5);
        Assert.Equal(Math.Sqrt(2), estimator.Ratio, 1e-9);
    }

    [Fact]
    public void Ratio_AnySamples_IsBounded() => Gen.Double.Array[0, 100].Sample(samples =>
    {
        RatioEstimator estimator = After(samples);
        Assert.InRange(estimator.Ratio, (1 / RatioEstimator.MaxFactor) - 1e-9, RatioEstimator.MaxFactor + 1e-9);
        Assert.True(double.IsFinite(estimator.TableError) && double.IsFinite(estimator.CorrectedError));
    });

    private static RatioEstimator After(params double[] samples)
    {
        var estimator = new RatioEstimator(window: 16);
        foreach (double sample in samples)
        {
            estimator.Add(sample);
        }

        return estimator;
    }
}
