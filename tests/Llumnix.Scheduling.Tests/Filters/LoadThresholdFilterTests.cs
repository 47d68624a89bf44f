using System.Globalization;
using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Filters;

public sealed class LoadThresholdFilterTests
{
    private const int Threshold = 5;
    private static readonly LoadThresholdFilter<FullModeInstance> Filter = new(new WaitingRequests(), Threshold);

    [Fact]
    public void Keep_Values_OnlyThoseBelowTheThresholdStay() => Assert.Equal(
        ["a", "d"],
        new DecisionFixture(Waiting("a", 0), Waiting("b", Threshold), Waiting("c", Threshold + 1), Waiting("d", Threshold - 1)).Kept(Filter));

    [Fact]
    public void Keep_AllAtTheThreshold_NoneStays() => Assert.Empty(new DecisionFixture(Waiting("a", Threshold)).Kept(Filter));

    [Fact]
    public void Name_SaysTheCondition() =>
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"num_waiting_requests < {Threshold}"), Filter.Name);

    private static InstanceReading Waiting(string id, int requests) => Readings.Of(id, status: s => s with { WaitingRequestCount = requests });
}
