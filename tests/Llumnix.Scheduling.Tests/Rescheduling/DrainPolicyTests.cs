using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

public sealed class DrainPolicyTests
{
    private static readonly PlannerOptions NoPolicies = new() { Policies = [] };

    [Fact]
    public void Plan_WhateverPolicies_EmptiesDrainingInstancesOntoTheLeastLoaded() => Assert.Equal(
        ["a>d", "b>c"],
        Pairs(
            NoPolicies,
            Instance("a", health: InstanceHealth.Draining),
            Instance("b", health: InstanceHealth.Draining),
            Instance("c", running: 5),
            Instance("d", running: 3),
            Instance("e", running: 1, health: InstanceHealth.Unschedulable),
            Instance("f", InferType.Prefill, running: 0)));

    /// <summary>Failover leaves them to this policy, and load balancing takes and gives nothing.</summary>
    [Fact]
    public void Plan_OtherPolicies_LeaveThemAlone()
    {
        ReschedulingPlan plan = Plan(
            new PlannerOptions { Policies = ["decode_load", "decode_failover"] },
            new([Instance("a", health: InstanceHealth.Draining, used: 999, batch: 20), Instance("b"), Instance("c", health: InstanceHealth.Draining, running: 0)]));
        MigrationPair pair = Assert.Single(plan.Pairs);
        Assert.Equal(("drain", "a", "b"), (pair.Policy, pair.Source.InstanceId, pair.Destination.InstanceId));
    }

    [Theory]
    [InlineData(10, 0, 1, 10)]
    [InlineData(100, 0, 4, 25)]
    [InlineData(40, 0, 4, 16)] // Parts below 16 would become smaller and smaller.
    [InlineData(10, 600, 1, 6)] // Room for 400 tokens of requests of 60 each.
    public void Plan_Selection_IsAnEvenPartThatFits(int running, int used, int destinations, int expected)
    {
        ReschedulingPlan plan = Plan(NoPolicies, new(
        [
            Instance("a", health: InstanceHealth.Draining, running: running, used: 600),
            .. Enumerable.Range(0, destinations).Select(i => Instance($"b{i}", used: used)),
        ]));
        Assert.Equal(
            new RequestSelection(RequestSelectRule.Requests, RequestSelectOrder.FirstComeWaitingThenShortestRunning, expected),
            Assert.Single(plan.Pairs).Selection);
    }

    /// <summary>Levels of 2, 6 and 10 with 60 to spread: all have 26 in the end.</summary>
    [Fact]
    public void Plan_UnevenDestinations_BecomeLevel()
    {
        ReschedulingPlan plan = Plan(NoPolicies, new(
        [
            Instance("a", health: InstanceHealth.Draining, running: 60), Instance("b", running: 6), Instance("c", running: 2), Instance("d", running: 10),
        ]));
        MigrationPair pair = Assert.Single(plan.Pairs);
        Assert.Equal(("c", 24), (pair.Destination.InstanceId, pair.Selection.Value));
    }

    [Theory]
    [InlineData(0, 0, "nothing to migrate")]
    [InlineData(10, 1000, "no destination of its kind has room now")]
    public void Plan_NothingCanMove_SaysSo(int running, int used, string reason)
    {
        ReschedulingPlan plan = Plan(NoPolicies, new([Instance("a", health: InstanceHealth.Draining, running: running, used: 100), Instance("b", used: used)]));
        Assert.Empty(plan.Pairs);
        Assert.Equal(reason, Assert.Single(plan.Notes).Reason);
    }

    [Fact]
    public void Plan_NoneIsHealthy_SaysSo() => Assert.Equal(
        "no healthy instance of its kind", Assert.Single(Plan(NoPolicies, new([Instance("a", health: InstanceHealth.Draining)])).Notes).Reason);
}
