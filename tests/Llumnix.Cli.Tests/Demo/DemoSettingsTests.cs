using Llumnix.Cli.Demo;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoSettingsTests
{
    [Theory]
    [InlineData("load-balance", 4, SchedulingMode.Neutral, false, 1)]
    [InlineData("load-balance", 1, SchedulingMode.Neutral, false, null)]
    [InlineData("load-balance", 4, SchedulingMode.PdBatch, false, 1)]
    [InlineData("load-balance", 3, SchedulingMode.PdBatch, false, null)]
    [InlineData("load-balance", 4, SchedulingMode.Neutral, true, null)]
    [InlineData("slo", 4, SchedulingMode.Neutral, false, null)]
    [InlineData("slo", 4, SchedulingMode.PdStaged, false, null)]
    public void SlowEngine_IsOneOfSeveralThatGetPrompts(string policy, int engines, SchedulingMode mode, bool isCacheAware, int? slow) => Assert.Equal(
        slow, new DemoSettings(policy, engines, mode, TimeSpan.FromSeconds(1), [], Seed: 1) { IsCacheAware = isCacheAware }.SlowEngine);
}
