using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

public sealed class LoadBalancePolicyTests
{
    private static readonly PlannerOptions Decode = new() { Policies = ["decode_load"], Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) };

    [Fact]
    public void Plan_SourcesAndDestinations_AreCrossed() => Assert.Equal(
        ["e>a", "d>b"],
        Pairs(Decode, Instance("a", used: 100), Instance("b", used: 200), Instance("c", used: 300), Instance("d", used: 600), Instance("e", used: 900)));

    [Fact]
    public void Plan_AtTheThreshold_IsASource() => Assert.Equal(["b>a"], Pairs(Decode, Instance("a", used: 499), Instance("b", used: 500, running: 1000)));

    [Theory]
    [InlineData(0.3, "b>a")]
    [InlineData(0.31)]
    public void Plan_SmallestDifference_IsRequired(double smallest, params string[] expected) => Assert.Equal(
        expected,
        Pairs(Decode with { LoadBalance = new() { SmallestDifference = smallest } }, Instance("a", used: 300), Instance("b", used: 600)));

    [Fact]
    public void Plan_UnhealthyAndOtherTypes_AreLeftOut() => Assert.Empty(Pairs(
        Decode,
        Instance("a", used: 100, health: InstanceHealth.Failover),
        Instance("b", used: 100, type: InferType.Neutral),
        Instance("c", used: 900),
        Instance("d", used: 900, health: InstanceHealth.Unschedulable),
        Instance("e", used: 100, health: InstanceHealth.Stale)));

    [Fact]
    public void Plan_Neutral_HasItsOwnMetricAndThreshold() => Assert.Equal(
        ["b>a"],
        Pairs(
            new PlannerOptions { Policies = ["neutral_load"], Neutral = new LoadCriterion("decode_batch_size", 10) },
            Instance("a", InferType.Neutral, used: 300, batch: 2),
            Instance("b", InferType.Neutral, used: 200, batch: 12),
            Instance("c", InferType.Decode, batch: 50)));

    /// <summary>Within a unit the most loaded goes with the least loaded, whatever the threshold; units are not mixed.</summary>
    [Fact]
    public void Plan_ScopeUnit_PairsWithinAUnitWithoutThresholds() => Assert.Equal(
        ["b>a", "d>c"],
        Pairs(
            Decode with { LoadBalance = new() { Scope = LoadBalanceScope.Unit, SmallestDifference = 0.1 } },
            Instance("a", used: 100, unit: "1"),
            Instance("b", used: 300, unit: "1"),
            Instance("c", used: 600, unit: "2"),
            Instance("d", used: 950, unit: "2"),
            Instance("e", used: 10),
            Instance("f", used: 999, unit: "0")));

    [Fact]
    public void Plan_EqualLoads_AreTakenById() => Assert.Equal(
        ["c>a", "d>b"],
        Pairs(Decode, Instance("d", used: 600), Instance("c", used: 600), Instance("b", used: 100), Instance("a", used: 100)));

    [Fact]
    public void Plan_NoCapacity_IsLeftAlone()
    {
        FullModeInstance broken = Instance("a");
        broken.TakeOver(broken.Status with { TotalGpuTokens = 0 });
        Assert.Empty(Pairs(Decode, broken, Instance("b", used: 100)));
    }

    [Fact]
    public void Plan_Selection_IsTheConfiguredOne()
    {
        var selection = new RequestSelection(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeRunning, 0.25);
        ReschedulingPlan plan = Plan(
            Decode with { LoadBalance = new() { Selection = selection } }, new([Instance("a", used: 100), Instance("b", used: 900)]));
        MigrationPair pair = Assert.Single(plan.Pairs);
        Assert.Equal(("decode_load", selection), (pair.Policy, pair.Selection));
        Assert.Equal(new PlanNote("decode_load", "b", "a", true, "kv_cache_usage_ratio_projected 0.9 and 0.1"), Assert.Single(plan.Notes));
    }

    [Theory]
    [InlineData(100, 100, "no source")]
    [InlineData(900, 900, "no destination")]
    public void Plan_NoPair_SaysWhy(int a, int b, string reason) => Assert.Equal(
        new PlanNote("decode_load", null, null, false, reason),
        Assert.Single(Plan(Decode, new([Instance("a", used: a), Instance("b", used: b)])).Notes));
}
