using CsCheck;
using Llumnix.Scheduling.Calibration;

namespace Llumnix.Scheduling.Tests.Calibration;

public sealed class FittedCorrectionTests
{
    private readonly RatioEstimator _classRatio = new(256);
    private readonly StepTimeFit _fit = new();
    private readonly FittedCorrection _correction;

    public FittedCorrectionTests() => _correction = Make();

    /// <summary>The engine takes 15 ms more than the table for every step: no factor is right for small and large batches at once.</summary>
    [Fact]
    public void Factor_TableLacksAConstant_IsFittedForEachBatch()
    {
        Feed(_correction, seed: 1, samples: 1000, static (_, load) => load.TableMs + 15);

        Assert.True(_correction.IsFitted);
        Assert.False(_correction.IsWithheld);
        foreach (StepLoad load in new[] { Load(2, 800), Load(20, 20_000), Load(60, 60_000) })
        {
            Assert.Equal((load.TableMs + 15) / load.TableMs, _correction.Factor(in load), 0.03);
        }
    }

    /// <summary>Where a factor is as good, it stays in use.</summary>
    [Fact]
    public void Factor_TableIsOffByAFactor_IsTheRatio()
    {
        Feed(_correction, seed: 2, samples: 1000, static (random, load) => 1.3 * load.TableMs * (1 + (0.05 * (random.NextDouble() - 0.5))));

        Assert.False(_correction.IsFitted);
        Assert.Equal(1.3, _correction.Factor(Load(2, 800)), 0.02);
    }

    /// <summary>What is noise to the form as to the ratio, and nearest to the table, is not corrected.</summary>
    [Fact]
    public void Factor_TableIsRight_IsOne()
    {
        Feed(_correction, seed: 3, samples: 1000, static (random, load) => load.TableMs * (1 + (0.1 * (random.NextDouble() - 0.5))));

        Assert.Equal(1, _correction.Factor(Load(10, 8000)));
    }

    [Fact]
    public void Factor_ShapeChanges_FollowsIt()
    {
        Feed(_correction, seed: 4, samples: 1000, static (_, load) => load.TableMs + 15);
        Feed(_correction, seed: 5, samples: 3000, static (_, load) => load.TableMs + (0.5 * load.Batch));

        StepLoad large = Load(60, 60_000);
        Assert.Equal((large.TableMs + 30) / large.TableMs, _correction.Factor(in large), 0.04);
        StepLoad small = Load(2, 800);
        Assert.Equal((small.TableMs + 1) / small.TableMs, _correction.Factor(in small), 0.04);
    }

    /// <summary>One instance of four takes 1.5 times as long as the others, of all of which the table lacks a constant.</summary>
    [Fact]
    public void Factor_OneUnlikeItsClass_KeepsItsDistance()
    {
        FittedCorrection[] others = [Make(), Make(), Make()];
        var random = new Random(6);
        for (int i = 0; i < 2000; i++)
        {
            StepLoad load = Random(random);
            foreach (FittedCorrection other in others)
            {
                other.Add((load.TableMs + 15) / load.TableMs, in load);
            }

            _correction.Add(1.5 * (load.TableMs + 15) / load.TableMs, in load);
        }

        StepLoad small = Load(2, 800);
        Assert.True(others[0].IsFitted);
        Assert.True(_correction.IsFitted);
        Assert.Equal(1.5, _correction.Factor(in small) / others[0].Factor(in small), 0.15);
    }

    [Fact]
    public void Factor_AnySamples_IsFiniteAndBounded() => Gen.Select(Gen.Double, Gen.Double, Gen.Double, Gen.Double).Array[0, 600].Sample(
        samples =>
        {
            FittedCorrection correction = Make();
            foreach ((double ratio, double batch, double tokens, double tableMs) in samples)
            {
                correction.Add(ratio, new StepLoad(batch, tokens, tableMs));
            }

            foreach ((double _, double batch, double tokens, double tableMs) in samples)
            {
                Assert.InRange(correction.Factor(new StepLoad(batch, tokens, tableMs)), 0.249, 4.001);
                Assert.InRange(_fit.Ratio(new StepLoad(batch, tokens, tableMs)), 0.25, 4);
            }
        },
        iter: 300);

    private static void Feed(FittedCorrection correction, int seed, int samples, Func<Random, StepLoad, double> measuredMs)
    {
        var random = new Random(seed);
        for (int i = 0; i < samples; i++)
        {
            StepLoad load = Random(random);
            correction.Add(measuredMs(random, load) / load.TableMs, in load);
        }
    }

    private static StepLoad Random(Random random)
    {
        int batch = random.Next(1, 64);
        return Load(batch, batch * random.Next(200, 1500));
    }

    private static StepLoad Load(double batch, double tokens) => new(batch, tokens, 20 + (0.3 * batch) + (1e-4 * tokens));

    private FittedCorrection Make() => new(new TableCorrection(_classRatio), _fit);
}
