using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

public sealed class AdaptivePdTargetsTests
{
    [Theory]
    [InlineData(0.75, 30, 35)]
    [InlineData(1, 40, 40)]
    public void Of_EveryThreshold_IsAShareOfItsTarget(double dispatchThreshold, double packingMs, double stretchMs)
    {
        var slo = new SloOptions
        {
            Ttft = TimeSpan.FromSeconds(1),
            TtftDispatchThreshold = 0.9,
            Tpot = TimeSpan.FromMilliseconds(40),
            TpotDispatchThreshold = dispatchThreshold,
        };
        var options = new AdaptivePdOptions { MigrateOutCeilThreshold = 0.875, MigrateOutFloorThreshold = 0.5 };
        AdaptivePdTargets targets = AdaptivePdTargets.Of(slo, options, RoundProfile.Predictor);
        Assert.Equal((900, packingMs), (slo.TtftLimitMs, slo.TpotLimitMs));
        Assert.Equal(
            (900, packingMs, stretchMs, 35, 20),
            (targets.TtftLimitMs, targets.PackingLimitMs, targets.StretchLimitMs, targets.RelieveFromMs, targets.EmptyBelowMs));
    }

    /// <summary>What the confidence allows is for stretched batches; packed ones leave room to grow, whatever the thresholds.</summary>
    [Fact]
    public void Of_Confidence_PackingLeavesRoomBelowTheTarget()
    {
        var slo = new SloOptions { Tpot = TimeSpan.FromMilliseconds(40), TpotDispatchThreshold = 0.5, Confidence = 0.95 };
        AdaptivePdTargets targets = AdaptivePdTargets.Of(slo, new AdaptivePdOptions { MigrateOutCeilThreshold = 0.95 }, RoundProfile.Predictor);
        Assert.Equal((6000, 34, 38), (targets.TtftLimitMs, targets.PackingLimitMs, targets.StretchLimitMs));
    }
}
