using Llumnix.Cli.Demo;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoContestantsTests
{
    /// <summary>The names say in what the two runs differ: that which is in both is in neither name, or in both.</summary>
    [Theory]
    [InlineData("load-balance", false, false, false, "load-balance", "round-robin", "round-robin")]
    [InlineData("round-robin", false, false, false, "round-robin", "round-robin", "round-robin")]
    [InlineData("slo", false, false, false, "slo", "round-robin", "round-robin")]
    [InlineData("load-balance", true, false, false, "cache-aware", "load-balance", "load-balance")]
    [InlineData("load-balance", true, false, true, "cache-aware, rescheduling", "load-balance", "load-balance")]
    [InlineData("load-balance", false, false, true, "load-balance, rescheduling", "load-balance", "load-balance")]
    [InlineData("slo", false, true, false, "adaptive PD", "fixed split", "round-robin")]
    [InlineData("slo", false, true, true, "adaptive PD, rescheduling", "adaptive PD", "slo")]
    public void Of_Settings_NamesWhatIsCompared(
        string policy, bool isCacheAware, bool isAdaptivePd, bool isRescheduling, string name, string baseline, string baselinePolicy) => Assert.Equal(
        new DemoContestants(name, baseline, baselinePolicy),
        DemoContestants.Of(new DemoSettings(policy, 4, SchedulingMode.Neutral, TimeSpan.FromSeconds(1), [], Seed: 1)
        {
            IsCacheAware = isCacheAware,
            IsAdaptivePd = isAdaptivePd,
            IsRescheduling = isRescheduling,
        }));
}
