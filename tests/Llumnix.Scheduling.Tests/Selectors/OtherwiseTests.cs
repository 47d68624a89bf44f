using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class OtherwiseTests
{
    private static readonly Otherwise<FullModeInstance> Row = new(new TopKSelector<FullModeInstance>([new WaitingRequests()], 1));

    [Fact]
    public void TryChoose_Always_AsTheSelectorSays()
    {
        var fleet = new DecisionFixture(Readings.Of("a", status: s => s with { WaitingRequestCount = 1 }), Readings.Of("b"));
        Assert.Equal(("b", false), fleet.Pick(new ChoiceTable<FullModeInstance>(Row)));
    }

    [Fact]
    public void Metrics_AreTheSelectors() => Assert.Equal([new WaitingRequests()], Row.Metrics);
}
