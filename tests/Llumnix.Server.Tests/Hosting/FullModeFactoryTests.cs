using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Hosting;
using Llumnix.Server.Tests.Options;

namespace Llumnix.Server.Tests.Hosting;

public sealed class FullModeFactoryTests
{
    [Fact]
    public void SloOf_EveryThreshold_IsAShareOfItsTarget()
    {
        SloSettings settings = FullModeFactory.SloOf(
            OptionsInput.Parse(
            [
                "--scheduling-policy=slo", "--enable-adaptive-pd", "--ttft-profiling-data-path=a", "--tpot-profiling-data-path=b",
                "--ttft-slo=1000", "--ttft-slo-dispatch-threshold=0.9",
                "--tpot-slo=40", "--tpot-slo-dispatch-threshold=0.75", "--tpot-migrate-out-ceil-threshold=0.875",
            ]).Options,
            new LatencyPredictor(new LatencyProfile(new LatencyCurve([1], [1]), new LatencyGrid([1], [1], [1]))));
        Assert.Equal((900, 30, 35), (settings.TtftLimitMs, settings.TpotLimitMs, settings.TpotCeilMs));
    }
}
