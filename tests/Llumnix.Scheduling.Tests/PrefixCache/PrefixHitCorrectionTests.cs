using CsCheck;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Tests.PrefixCache;

public sealed class PrefixHitCorrectionTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.74, 0.74)]
    [InlineData(0.76, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    public void TryCount_HitsPerEstimatedHits_AreTheFactorUpToOne(double hitsPerEstimate, double factor)
    {
        var correction = new PrefixHitCorrection();
        double hits = 7;
        Assert.True(correction.TryCount(5, hits));
        for (int i = 1; i <= 1000; i++)
        {
            correction.Place(10_000, 4_000);
            hits += 4_000 * hitsPerEstimate;
            Assert.True(correction.TryCount(5 + (10_000.0 * i), hits));
        }

        Assert.Equal(factor, correction.Factor, 6);
    }

    [Fact]
    public void TryCount_LittleEvidence_NothingIsConcluded()
    {
        var correction = new PrefixHitCorrection();
        correction.TryCount(0, 0);
        correction.Place(100_000, PrefixHitCorrection.EnoughTokens - 1);
        correction.TryCount(100_000, 0);
        Assert.Equal(1, correction.Factor);
    }

    [Fact]
    public void TryCount_PromptsStillWait_OnlyTheShareThatWasSearchedForIsDue()
    {
        var correction = new PrefixHitCorrection();
        correction.TryCount(0, 0);
        correction.Place(200_000, 100_000);
        correction.TryCount(100_000, 50_000);
        Assert.Equal(1, correction.Factor);
    }

    [Fact]
    public void TryCount_TheCacheComesBack_SoDoesTheEstimate()
    {
        var correction = new PrefixHitCorrection();
        double queried = 0, hits = 0;
        correction.TryCount(0, 0);
        for (int i = 0; i < 400; i++)
        {
            correction.Place(10_000, 5_000);
            hits += i < 200 ? 0 : 5_000;
            correction.TryCount(queried += 10_000, hits);
        }

        Assert.Equal(1, correction.Factor);
    }

    [Theory]
    [InlineData(999, 500)]
    [InlineData(1000, 499)]
    public void TryCount_ACounterGoesBack_TheEngineWasRestarted(double queried, double hits)
    {
        var correction = new PrefixHitCorrection();
        Assert.True(correction.TryCount(1000, 500));
        Assert.True(correction.TryCount(1000, 500));
        Assert.False(correction.TryCount(queried, hits));
    }

    [Fact]
    public void Factor_AnyNumbers_IsFromZeroToOne() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Double[0, 200_000], Gen.Double[0, 200_000], Gen.Double[0, 200_000]).Array[0, 50].Sample(steps =>
        {
            var correction = new PrefixHitCorrection();
            double queried = 0, hits = 0;
            foreach ((int prompt, double estimate, double moreQueried, double moreHits) in steps)
            {
                correction.Place(prompt, estimate);
                correction.TryCount(queried += moreQueried, hits += moreHits);
                Assert.InRange(correction.Factor, 0, 1);
            }
        });
}
