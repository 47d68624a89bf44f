using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Selectors;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Pipeline;

/// <summary>A metric is identified by its type and its parameters, not by the object that a filter or a selector happens to hold.</summary>
public sealed class MetricTableTests
{
    private static readonly LatencyPredictor Other = new(new LatencyProfile(new LatencyCurve([1], [1]), new LatencyGrid([1], [1], [1])));

    [Fact]
    public void ColumnOf_EqualMetrics_IsOneColumn()
    {
        var table = new MetricTable<FullModeInstance>(
            [
                new DecodeStepTime(RoundProfile.Predictor),
                new KvHeadroomTokens(),
                new DecodeStepTime(RoundProfile.Predictor),
                new CacheAwareAllPrefillsTokens(new AllPrefillsTokens()),
            ],
            slots: 1);
        Assert.Equal(3, table.Count);
        Assert.Equal(0, table.ColumnOf(new DecodeStepTime(RoundProfile.Predictor)));
        Assert.Equal(1, table.ColumnOf(new KvHeadroomTokens()));
        Assert.Equal(2, table.ColumnOf(new CacheAwareAllPrefillsTokens(new AllPrefillsTokens())));
    }

    [Fact]
    public void ColumnOf_OtherParametersOrOtherType_AreOtherColumns()
    {
        var table = new MetricTable<FullModeInstance>(
            [
                new PredictedTpot(RoundProfile.Predictor),
                new PredictedTpot(Other),
                new DecodeStepTime(Other),
                new CacheAwareAllPrefillsTokens(new AllPrefillsTokens()),
                new CacheAwareAllPrefillsTokens(new ProgressingPrefillsTokens()),
            ],
            slots: 1);
        Assert.Equal(5, table.Count);
        Assert.Equal(1, table.ColumnOf(new PredictedTpot(Other)));
    }

    [Fact]
    public void ColumnOf_NotListed_SaysWhich() => Assert.Contains(
        "'num_waiting_requests' is read but not listed",
        Assert.Throws<InvalidOperationException>(
            () => new MetricTable<FullModeInstance>([new KvHeadroomTokens()], slots: 1).ColumnOf(new WaitingRequests())).Message,
        StringComparison.Ordinal);

    /// <summary>The filter and the selector have each made the metric; both read the values of one column.</summary>
    [Fact]
    public void Schedule_FilterAndSelectorNameAMetricEach_BothReadIt()
    {
        RolePolicy<FullModeInstance> role = new(
            [],
            [new LoadThresholdFilter<FullModeInstance>(new WaitingRequests(), 5)],
            new TopKSelector<FullModeInstance>([new WaitingRequests()], 1));
        var policy = new SchedulingPolicy<FullModeInstance>("test", role, role, role);
        Assert.Equal([new WaitingRequests()], policy.Metrics);
        var scheduler = new FullModeScheduler(policy, new FullModeOptions(), new FakeTimeProvider(), new Random(1));
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize([Waiting("a", 7), Waiting("b", 3), Waiting("c", 4)]);
        scheduler.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 100), out Placement placement);
        Assert.Equal("b", placement.First.Instance.InstanceId);
    }

    private static InstanceReading Waiting(string id, int requests) => Readings.Of(id, status: s => s with { WaitingRequestCount = requests });
}
