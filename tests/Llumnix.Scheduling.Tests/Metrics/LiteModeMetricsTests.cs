using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;

namespace Llumnix.Scheduling.Tests.Metrics;

public sealed class LiteModeMetricsTests
{
    [Theory]
    [InlineData("num_requests", 3)]
    [InlineData("num_tokens", 700)]
    public void Evaluate_HeldStates_TheirSum(string metric, double expected)
    {
        var catalogue = new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All);
        var instance = new LiteModeInstance(LiteModeFixture.Of("a")) { Tracked = new TrackedLoad(3, 700, 0, 0) };
        Assert.Equal(expected, catalogue.Get(metric).Evaluate(instance, default));
    }
}
