using CsCheck;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Fleet;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

public sealed class ReschedulingPlannerTests
{
    private static readonly Gen<FullModeInstance[]> Fleet =
        from instances in Gen.Select(
            Gen.Int[0, 2], Gen.Int[0, 1200], Gen.Int[0, 14], Gen.Int[0, 7], Gen.Int[0, 3],
            (type, used, batch, health, unit) => (Type: (InferType)type, used, batch, Health: (InstanceHealth)Math.Max(0, health - 4), Unit: $"{unit}"))
            .Array[0, 24]
        select Sorted(instances.Select((x, i) => Instance($"i{i:00}", x.Type, x.used, x.Health, x.Unit, x.batch, running: x.batch)));

    private static readonly Gen<PlannerOptions> Settings =
        from policies in Gen.Shuffle(ReschedulingPolicies.Names.ToArray())
        from count in Gen.Int[1, 7]
        from threshold in Gen.Double[0, 1.2]
        from difference in Gen.Double[0, 0.3]
        from scope in Gen.Enum<LoadBalanceScope>()
        select new PlannerOptions
        {
            Policies = policies[..count],
            Decode = new LoadCriterion("kv_cache_usage_ratio_projected", threshold),
            Neutral = new LoadCriterion("kv_cache_usage_ratio_projected", threshold),
            LoadBalance = new LoadBalanceOptions { Scope = scope, SmallestDifference = difference },
        };

    [Fact]
    public void Plan_AnyFleet_PairsAreConsistent() => Gen.Select(Fleet, Settings, Gen.Int[0, 24], Gen.Int[0, 24]).Sample((fleet, settings, p, d) =>
    {
        var snapshot = new ReschedulingSnapshot(fleet, new ReservedInstances($"i{p:00}", $"i{d:00}"));
        ReschedulingPlan plan = Plan(settings, snapshot);
        Dictionary<string, FullModeInstance> byId = fleet.ToDictionary(i => i.Id);
        HashSet<string> sources = [.. plan.Pairs.Select(pair => pair.Source.InstanceId)];
        foreach (MigrationPair pair in plan.Pairs)
        {
            Assert.NotEqual(pair.Source.InstanceId, pair.Destination.InstanceId);
            Assert.DoesNotContain(pair.Destination.InstanceId, sources);
            Assert.Equal(InstanceHealth.Ok, byId[pair.Destination.InstanceId].Health);
        }

        Assert.Distinct(plan.Pairs.Select(pair => (pair.Source.InstanceId, pair.Destination.InstanceId)));
        Assert.Equal(plan.Pairs.Count, plan.Notes.Count(note => note.IsChosen));
        Assert.Equal(plan.Pairs, Plan(settings, snapshot).Pairs);
    });

    /// <summary>b is the least loaded, and the first policy sends it requests; the second may not empty it in the same cycle.</summary>
    [Fact]
    public void Plan_PoliciesContradictEachOther_TheFirstOneWins()
    {
        ReschedulingPlan plan = Plan(
            new() { Policies = ["neutral_load", "binpacking_consolidation"], Neutral = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) },
            new([
                Instance("a", InferType.Neutral, used: 900, batch: 6),
                Instance("b", InferType.Neutral, used: 100, batch: 1),
                Instance("c", InferType.Neutral, used: 300, batch: 6),
            ]));
        Assert.Equal(["a>b"], Show(plan));
        Assert.Contains(new PlanNote("binpacking_consolidation", "b", "a", false, "the source is a destination in this cycle"), plan.Notes);
    }

    [Fact]
    public void Capture_Scheduler_TellsHealth()
    {
        var fixture = new SchedulerFixture();
        fixture.With(Readings.Of("b", status: s => s with { Schedulable = false }), Readings.Of("a"));
        ReschedulingSnapshot snapshot = fixture.Scheduler.CaptureForRescheduling();
        Assert.Equal([("a", InstanceHealth.Ok), ("b", InstanceHealth.Unschedulable)], snapshot.Instances.Select(i => (i.Id, i.Health)));
        Assert.Null(snapshot.Facts);
        fixture.Neutral("r");
        Assert.Equal(0, snapshot.Instances[0].Dispatched.Requests);
        Assert.Equal(1, fixture.Scheduler.CaptureForRescheduling().Instances[0].Dispatched.Requests);
    }

    [Theory]
    [InlineData("no_such", "unknown rescheduling policy 'no_such'; known: decode_load")]
    [InlineData("binpacking_mitigation", "need profiling tables")]
    public void Constructor_BadPolicy_SaysWhat(string policy, string message) => Assert.Contains(
        message,
        Assert.Throws<ArgumentException>(() => ReschedulingPolicies.Planner(new() { Policies = [policy] }, FullModeMetrics.Catalogue())).Message,
        StringComparison.Ordinal);
}
