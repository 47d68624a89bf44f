using CsCheck;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Tests.StepTimes;

public sealed class PrefillProgressTests
{
    /// <summary>10 ms + 0.1 ms per token: a full step of 1,000 takes 110 ms.</summary>
    private static readonly StepTimeModel Model = new(0, 0.1, 10);

    [Theory]
    [InlineData(300, 2000, 0, 0)]
    [InlineData(300, 2000, -5, 0)]
    [InlineData(300, 2000, 20, 150)] // Half of the first step of 300 in 40 ms.
    [InlineData(300, 2000, 40, 300)]
    [InlineData(300, 2000, 150, 1300)] // 40 + 110.
    [InlineData(300, 2000, 205, 1800)] // And half of the next 110.
    [InlineData(300, 2000, 260, 2300)] // All.
    [InlineData(300, 2000, 1e9, 2300)]
    [InlineData(0, 2500, 250, 2000 + 250)] // 220, then half of 500 in 60 ms.
    [InlineData(1000, 500, 110, 1000)] // What runs fills a step: it counts like the rest.
    [InlineData(3000, 500, 165, 1500)]
    [InlineData(0, 0, 100, 0)]
    [InlineData(-5, -7, 100, 0)]
    public void ComputedTokens_Elapsed_StepsForward(double running, double waiting, double elapsed, double expected) =>
        Assert.Equal(expected, PrefillProgress.ComputedTokens(Model, running, waiting, elapsed, maxTokens: 1000), 1e-9);

    [Fact]
    public void ComputedTokens_NoModel_IsNothing() => Assert.Equal(0, PrefillProgress.ComputedTokens(null, 100, 100, 100, 1000));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(-3, 0)]
    public void ComputedTokens_ImpossibleStepTime_IsNothing(double constant, double expected) =>
        Assert.Equal(expected, PrefillProgress.ComputedTokens(new StepTimeModel(0, 0, constant), 100, 5000, 100, 1000));

    [Fact]
    public void ComputedTokens_Anything_EqualsTheLoopOverSteps() =>
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[0, 200_000], Gen.Double[0.1, 20_000], Gen.Int[1, 9000]).Sample((running, waiting, elapsed, max) =>
            Assert.Equal(
                StepByStep(running, waiting, elapsed, max),
                PrefillProgress.ComputedTokens(Model, running, waiting, elapsed, max),
                1e-6 * (1 + running + waiting)));

    private static double StepByStep(double running, double waiting, double time, double max)
    {
        double remaining = running + waiting;
        double computed = 0;
        bool isFirst = true;
        while (remaining > 0 && time > 0)
        {
            double batch = isFirst && running > 0 && running < max ? running : Math.Min(remaining, max);
            isFirst = false;
            double duration = Model.At(batch);
            computed += batch * Math.Min(1, time / duration);
            time -= duration;
            remaining -= batch;
        }

        return computed;
    }
}
