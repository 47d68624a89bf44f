using CsCheck;
using Llumnix.Scheduling.Calibration;

namespace Llumnix.Scheduling.Tests.Calibration;

public sealed class LatencyErrorsTests
{
    /// <summary>Skewed errors, whose spread depends on the size of the prediction and which change halfway.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Bound_TwentyThousandOutcomes_CoversItsShare(int seed)
    {
        var random = new Random(seed);
        var errors = new LatencyErrors(targetMs: 6000, confidence: 0.9, initialShare: 1);
        int covered = 0;
        const int outcomes = 20_000;
        for (int i = 0; i < outcomes; i++)
        {
            double predicted = 50 * Math.Exp(random.NextDouble() * 5);
            double spread = (predicted < 500 ? 0.5 : 0.1) * (i < outcomes / 2 ? 1 : 2);
            double actual = predicted * (1 + (spread * -Math.Log(1 - random.NextDouble())));
            covered += actual <= errors.BoundMs(predicted) ? 1 : 0;
            errors.Add(predicted, actual);
        }

        Assert.InRange((double)covered / outcomes, 0.88, 0.92);
        Assert.InRange(errors.Coverage, 0.85, 0.95);
        (double median, double high, double highest) = errors.Ratios();
        Assert.True(median < high && high < highest);
    }

    [Fact]
    public void EligibleShare_FewOutcomes_IsTheInitialOne()
    {
        var errors = new LatencyErrors(targetMs: 50, confidence: 0.9, initialShare: 0.85);
        for (int i = 1; i < LatencyErrors.EnoughOutcomes; i++)
        {
            errors.Add(40, 80);
        }

        Assert.Equal(0.85, errors.EligibleShare);
    }

    [Fact]
    public void EligibleShare_PredictionsNearTheTargetMissByAQuarter_LeavesRoomForIt()
    {
        var errors = new LatencyErrors(targetMs: 50, confidence: 0.9, initialShare: 0.85);
        for (int i = 0; i < 1000; i++)
        {
            double predicted = 30 + (i % 18);
            errors.Add(predicted, predicted * 1.25);
        }

        Assert.Equal(0.8, errors.EligibleShare, 1e-3);
    }

    /// <summary>A quarter of them takes 1.25 times as long as predicted, the others 0.9 times or as long as predicted times 1.05.</summary>
    [Theory]
    [InlineData(0.9, 1)]
    [InlineData(1.05, 1 / 1.05)]
    public void EvenShare_MostHoldNearTheTarget_IsBeyondTheEligibleShare(double usual, double expected)
    {
        var errors = new LatencyErrors(targetMs: 50, confidence: 0.9, initialShare: 0.85);
        for (int i = 0; i < 2000; i++)
        {
            double predicted = 30 + (i % 19);
            errors.Add(predicted, predicted * (i % 4 == 0 ? 1.25 : usual));
        }

        Assert.Equal(0.8, errors.EligibleShare, 0.02);
        Assert.Equal(expected, errors.EvenShare, 0.02);
    }

    [Fact]
    public void Values_AnyOutcomes_AreFiniteAndBounded() => Gen.Select(Gen.Double, Gen.Double).Array[0, 200].Sample(outcomes =>
    {
        var errors = new LatencyErrors(targetMs: 6000, confidence: 0.9, initialShare: 1);
        foreach ((double predicted, double actual) in outcomes)
        {
            errors.Add(predicted, actual);
        }

        Assert.InRange(errors.EligibleShare, 0.25, 1);
        Assert.InRange(errors.EvenShare, errors.EligibleShare, 1);
        Assert.True(double.IsFinite(errors.BoundMs(1000)));
    });
}
