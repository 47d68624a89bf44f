using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

/// <summary>The number of waiting requests stands for the latency; the target is met below <see cref="Target"/>.</summary>
public sealed class TriageSelectorTests
{
    private const int Target = 5;

    [Fact]
    public void Select_TargetIsMet_LeftToTheOtherSelector() =>
        Assert.Equal(("b", false), Pick(Waiting("a", Target - 1), Waiting("b", 0), Waiting("c", Target + 4)));

    [Fact]
    public void Select_NoneMeetsTheTarget_TheHighestLatencyAndLate() =>
        Assert.Equal(("c", true), Pick(Waiting("a", Target), Waiting("b", Target + 1), Waiting("c", Target + 4)));

    private static (string? Id, bool IsLate) Pick(params InstanceReading[] fleet)
    {
        var latency = new WaitingRequests();
        var selector = new TriageSelector<FullModeInstance>(new TopKSelector<FullModeInstance>([latency], 1), latency);
        return new DecisionFixture(fleet).Pick(selector, default, new LoadThresholdFilter<FullModeInstance>(latency, Target));
    }

    private static InstanceReading Waiting(string id, int requests) => Readings.Of(id, status: s => s with { WaitingRequestCount = requests });
}
