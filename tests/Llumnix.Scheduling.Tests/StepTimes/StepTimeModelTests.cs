using CsCheck;
using Llumnix.Scheduling.StepTimes;

namespace Llumnix.Scheduling.Tests.StepTimes;

public sealed class StepTimeModelTests
{
    [Fact]
    public void Fit_Parabola_IsExact()
    {
        StepSample[] samples = [.. Enumerable.Range(1, 20).Select(i => i * 400.0).Select(x => new StepSample(x, (4e-7 * x * x) + (0.02 * x) + 15))];
        StepTimeModel model = StepTimeModel.Fit(samples, 8192);
        Assert.Equal(4e-7, model.Quadratic, 1e-12);
        Assert.Equal(0.02, model.Linear, 1e-8);
        Assert.Equal(15, model.Constant, 1e-5);
    }

    /// <summary>Worked out by hand: (1, 2), (2, 3), (3, 5), (4, 6) has the line 1.4 x + 0.5.</summary>
    [Fact]
    public void Fit_ParabolaFalls_IsTheLine()
    {
        // Its parabola through these four has the second derivative 0, so a point that bends it down before the end is added.
        StepSample[] samples = [new(1, 2), new(2, 3), new(3, 5), new(4, 6)];
        StepTimeModel model = StepTimeModel.Fit([.. samples, .. Enumerable.Repeat(new StepSample(10, 8), 4)], 100);
        Assert.Equal(0, model.Quadratic);
        Assert.Equal(0.6, model.Linear, 0.05);
        Assert.True(model.Constant > 0);
    }

    [Fact]
    public void Fit_TwoPositions_IsTheLine()
    {
        StepTimeModel model = StepTimeModel.Fit([new(100, 20), new(200, 30), new(100, 20), new(200, 30)], 8192);
        Assert.Equal(new StepTimeModel(0, 0.1, 10), model with { Linear = Math.Round(model.Linear, 9), Constant = Math.Round(model.Constant, 9) });
    }

    [Fact]
    public void Fit_OnePosition_IsTheMean() => Assert.Equal(new StepTimeModel(0, 0, 25), StepTimeModel.Fit([new(100, 20), new(100, 30)], 8192));

    [Fact]
    public void Fit_FallingSamples_IsTheMean() =>
        Assert.Equal(new StepTimeModel(0, 0, 20), StepTimeModel.Fit([new(100, 30), new(200, 20), new(300, 10)], 8192));

    [Fact]
    public void Fit_AnySamples_IsPositiveAndNeverFalls() =>
        Gen.Select(Gen.Double[1, 16384], Gen.Double[0.001, 1e6], (x, y) => new StepSample(x, y)).Array[1, 60].Sample(samples =>
        {
            StepTimeModel model = StepTimeModel.Fit(samples, 8192);
            double before = 0;
            for (double x = 1; x <= 8192; x += 63)
            {
                double ms = model.At(x);
                Assert.True(double.IsFinite(ms) && ms > 0 && ms >= before * (1 - 1e-9), $"{model} at {x}: {ms} after {before}");
                before = ms;
            }
        });
}
