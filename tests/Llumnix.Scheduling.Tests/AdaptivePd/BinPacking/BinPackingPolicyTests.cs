using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.AdaptivePd.BinPacking;

/// <summary>A batch of n makes a step of 2·n + 1 ms; relieved from 20 ms (10) on, emptied below 8 ms (3), destinations below 16 ms (7).</summary>
public sealed class BinPackingPolicyTests
{
    [Fact]
    public void Mitigation_HighestToHighestBelowTheTarget() => Assert.Equal(
        ["d>b"], Mitigate(null, Decoding("a", 3), Decoding("b", 7), Decoding("c", 8), Decoding("d", 12), Decoding("e", 11)));

    [Theory]
    [InlineData(9, 0)] // 19 ms
    [InlineData(10, 1)]
    public void Mitigation_Ceiling_IsInclusive(int batch, int pairs) => Assert.Equal(pairs, Mitigate(null, Decoding("a", batch), Decoding("b", 1)).Length);

    [Fact]
    public void Mitigation_ReservedPrefillAndUnhealthy_AreLeftOut()
    {
        Assert.Empty(Mitigate("b", Decoding("a", 12), Decoding("b", 3)));
        Assert.Empty(Mitigate("a", Decoding("a", 12), Decoding("b", 3)));
        Assert.Empty(Mitigate(null, Decoding("a", 12), Instance("b", batch: 3, health: InstanceHealth.Stale)));
        Assert.Empty(Mitigate(null, Instance("a", batch: 12, health: InstanceHealth.Unschedulable), Decoding("b", 3)));
    }

    [Fact]
    public void Mitigation_IdleInstance_IsADestination() => Assert.Equal(["a>b"], Mitigate(null, Decoding("a", 12), Decoding("b", 0)));

    [Fact]
    public void Consolidation_LowestToTheHighestBelowTheTarget() => Assert.Equal(
        ["b>d"], Consolidate(null, null, Decoding("a", 3), Decoding("b", 1), Decoding("c", 5), Decoding("d", 7), Decoding("e", 8)));

    [Fact]
    public void Consolidation_ReservedDecode_GoesFirstAsDestinationAndIsNoSource()
    {
        Assert.Equal(["a>c"], Consolidate(null, "c", Decoding("a", 1), Decoding("b", 7), Decoding("c", 2)));
        Assert.Equal(["b>c"], Consolidate(null, "c", Decoding("b", 3), Decoding("c", 1)));
    }

    [Fact]
    public void Consolidation_ReservedDecodeIsFull_TheHighestIsTaken() => Assert.Equal(
        ["a>b"], Consolidate(null, "c", Decoding("a", 1), Decoding("b", 7), Decoding("c", 8)));

    [Theory]
    [InlineData(3, 1)] // 7 ms
    [InlineData(4, 0)] // 9 ms
    public void Consolidation_Floor_IsExclusive(int batch, int pairs) =>
        Assert.Equal(pairs, Consolidate(null, null, Decoding("a", batch), Decoding("b", 5)).Length);

    [Fact]
    public void Consolidation_IdleOrReservedPrefill_AreLeftOut()
    {
        Assert.Empty(Consolidate(null, null, Decoding("a", 1), Decoding("b", 0)));
        Assert.Empty(Consolidate("b", null, Decoding("a", 1), Decoding("b", 5)));
        Assert.Empty(Consolidate("a", null, Decoding("a", 1), Decoding("b", 5)));
    }

    [Fact]
    public void Both_Selection_IsTheNewestRequest()
    {
        ReschedulingPlan plan = Plan(
            new() { Policies = ["binpacking_mitigation", "binpacking_consolidation"] },
            new([Decoding("a", 12), Decoding("b", 1), Decoding("c", 7), Decoding("d", 6)], new ReservedInstances(null, "d")));
        Assert.Equal(["a>c", "b>d"], Show(plan));
        Assert.All(plan.Pairs, pair => Assert.Equal(
            new RequestSelection(RequestSelectRule.Requests, RequestSelectOrder.LastComeRunning, 1), pair.Selection));
    }

    /// <summary>c is the fullest for both; what the first one sends there, its status does not tell the second one.</summary>
    [Fact]
    public void Both_SameDestination_OnePairPerCycle()
    {
        ReschedulingPlan plan = Plan(
            new() { Policies = ["binpacking_mitigation", "binpacking_consolidation"] },
            new([Decoding("a", 12), Decoding("b", 1), Decoding("c", 6)]));
        Assert.Equal(["a>c"], Show(plan));
        Assert.Contains(
            new PlanNote("binpacking_consolidation", "b", "c", false, "the destination is one in this cycle already"), plan.Notes);
    }

    /// <summary>With the tuned rules a destination has room for the request's 100 tokens, 256 more, and 64 for each decode that is there.</summary>
    [Theory]
    [InlineData(AdaptivePdRules.Plain, 999, 1)]
    [InlineData(AdaptivePdRules.Plain, 1000, 0)]
    [InlineData(AdaptivePdRules.Tuned, 1000 - 356 - 64, 1)]
    [InlineData(AdaptivePdRules.Tuned, 1000 - 356 - 63, 0)]
    public void Mitigation_DestinationHasNoRoom_IsNoDestination(AdaptivePdRules rules, int used, int pairs) => Assert.Equal(
        pairs,
        PlanBinPacking(
            rules, "binpacking_mitigation", Decoding("a", 12), Instance("b", InferType.Neutral, used: used, batch: 1)).Pairs.Count);

    /// <summary>
    /// Room is what is left of 1,000 tokens less 64 for each decode. Below 50 the oldest leaves, for the shortest step with 150 or more, and 356
    /// for a request of 100 tokens.
    /// </summary>
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 759, "a>c")] // 1000 - 759 - 3 × 64 = 49
    [InlineData(AdaptivePdRules.Tuned, 758, "")]
    [InlineData(AdaptivePdRules.Plain, 759, "")]
    public void Mitigation_ShortOfRoom_OldestGoesToTheShortestStepThatHasRoom(AdaptivePdRules rules, int used, string expected)
    {
        ReschedulingPlan plan = PlanBinPacking(
            rules,
            "binpacking_mitigation",
            Instance("a", InferType.Neutral, used, batch: 3),
            Instance("b", InferType.Neutral, used: 0, batch: 2),
            Instance("c", InferType.Neutral, used: 500, batch: 1),
            Instance("d", InferType.Neutral, used: 0, batch: 0));
        Assert.Equal(expected, string.Join(',', Show(plan)));
        Assert.All(plan.Notes.Where(note => note.IsChosen), note => Assert.Equal("room 0.05 and 0.44 of the KV caches", note.Reason));
        Assert.All(plan.Pairs, pair => Assert.Equal(
            new RequestSelection(RequestSelectRule.Requests, RequestSelectOrder.FirstComeRunning, 1), pair.Selection));
    }

    /// <summary>With 10 expected tokens 110 would do, but what takes requests of others has 15% left.</summary>
    [Theory]
    [InlineData(1000 - 64 - 150, 1)]
    [InlineData(1000 - 64 - 149, 0)]
    public void Mitigation_ShortOfRoom_DestinationHasMuchLeft(int used, int pairs) => Assert.Equal(
        pairs,
        ReschedulingPolicies.Planner(
            new() { Policies = ["binpacking_mitigation"] },
            FullModeMetrics.Catalogue(),
            Targets(AdaptivePdRules.Tuned, expectedOutputTokens: 10))
            .Plan(new([Instance("a", InferType.Neutral, used: 900, batch: 3), Instance("b", InferType.Neutral, used, batch: 1)])).Pairs.Count);

    /// <summary>Who does not tell its KV capacity is neither short of room nor has any.</summary>
    [Fact]
    public void Mitigation_NoCapacity_IsLeftAlone()
    {
        FullModeInstance unknown = Decoding("a", 3);
        unknown.TakeOver(unknown.Status with { TotalGpuTokens = 0 });
        Assert.Empty(PlanBinPacking(AdaptivePdRules.Tuned, "binpacking_mitigation", unknown, Decoding("b", 1)).Pairs);
    }

    /// <summary>Two decodes that will be: 128 tokens. The request needs 356 of what is left, and the destination is to have 150 left.</summary>
    [Theory]
    [InlineData(AdaptivePdRules.Tuned, 1000 - 128 - 356, 1)]
    [InlineData(AdaptivePdRules.Tuned, 1000 - 128 - 355, 0)]
    [InlineData(AdaptivePdRules.Plain, 999, 1)]
    [InlineData(AdaptivePdRules.Plain, 1000, 0)]
    public void Consolidation_DestinationIsNearlyFull_IsNoDestination(AdaptivePdRules rules, int used, int pairs) => Assert.Equal(
        pairs,
        PlanBinPacking(
            rules, "binpacking_consolidation", Decoding("a", 1), Instance("b", InferType.Neutral, used, batch: 2)).Pairs.Count);

    private static ReschedulingPlan PlanBinPacking(AdaptivePdRules rules, string policy, params FullModeInstance[] instances) => ReschedulingPolicies.Planner(
        new() { Policies = [policy] }, FullModeMetrics.Catalogue(), Targets(rules)).Plan(new(instances));

    private static FullModeInstance Decoding(string id, int batch) => Instance(id, InferType.Neutral, batch: batch);

    private static string[] Mitigate(string? reservedPrefill, params FullModeInstance[] instances) =>
        Show(Plan(new() { Policies = ["binpacking_mitigation"] }, new(Sorted(instances), new ReservedInstances(reservedPrefill, null))));

    private static string[] Consolidate(string? reservedPrefill, string? reservedDecode, params FullModeInstance[] instances) =>
        Show(Plan(new() { Policies = ["binpacking_consolidation"] }, new(Sorted(instances), new ReservedInstances(reservedPrefill, reservedDecode))));
}
