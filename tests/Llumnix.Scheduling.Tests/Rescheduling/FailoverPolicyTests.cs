using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

public sealed class FailoverPolicyTests
{
    [Theory]
    [InlineData("prefill_failover", InferType.Prefill)]
    [InlineData("decode_failover", InferType.Decode)]
    [InlineData("neutral_failover", InferType.Neutral)]
    public void Plan_BadOnesAndTheirDomain_GoToHealthyOnesByTurns(string policy, InferType type)
    {
        var settings = new PlannerOptions { Policies = [policy] };
        InferType other = type == InferType.Decode ? InferType.Neutral : InferType.Decode;
        Assert.Equal(
            ["a>c", "b>e", "d>c"],
            Pairs(
                settings,
                Instance("a", type, health: InstanceHealth.Unschedulable),
                Instance("b", type, health: InstanceHealth.Failover),
                Instance("c", type),
                Instance("d", type, health: InstanceHealth.Stale),
                Instance("e", type),
                Instance("x", other),
                Instance("y", other, health: InstanceHealth.Stale)));
    }

    [Fact]
    public void Plan_Selection_IsEverythingTheLongestFirst()
    {
        ReschedulingPlan plan = Plan(
            new PlannerOptions { Policies = ["decode_failover"] },
            new([Instance("a", health: InstanceHealth.Unschedulable), Instance("b")]));
        Assert.Equal(new RequestSelection(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1), Assert.Single(plan.Pairs).Selection);
    }

    [Theory]
    [InlineData(InstanceHealth.Unschedulable, 0)]
    [InlineData(InstanceHealth.Stale, 1)] // Its last status may be long out of date.
    public void Plan_NothingRuns_OnlyAFreshStatusIsBelieved(InstanceHealth health, int pairs) => Assert.Equal(
        pairs, Pairs(new() { Policies = ["decode_failover"] }, Instance("a", health: health, running: 0), Instance("b")).Length);

    [Fact]
    public void Plan_NobodyHealthy_SaysSo()
    {
        ReschedulingPlan plan = Plan(
            new PlannerOptions { Policies = ["decode_failover"] }, new([Instance("a", health: InstanceHealth.Stale)]));
        Assert.Empty(plan.Pairs);
        Assert.Equal("no destination outside of every failover domain", Assert.Single(plan.Notes).Reason);
    }
}
