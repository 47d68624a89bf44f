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
        var instance = new LiteModeInstance("a", InferType.Neutral) { HeldRequests = 3, HeldTokens = 700 };
        Assert.Equal(expected, catalogue.Get(metric).Evaluate(instance, default));
    }
}
