using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Testing.Fleet;
using static Llumnix.Scheduling.Tests.AdaptivePd.AdaptivePdFixture;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

/// <summary>
/// The plain rules. Of an idle fleet the first instance is kept for prefills, the second for decodes. Times as in <see cref="AdaptivePdFixture"/>.
/// </summary>
public sealed class PlainRulesTests
{
    [Fact]
    public void Pair_IdleFleet_GoesToTheReserves()
    {
        SchedulerFixture fixture = Fixture().With(Idle("a"), Idle("b"), Idle("c"));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Pair("r", out Placement placement));
        Assert.Equal(("a", InferType.Prefill), (placement.First.Instance.InstanceId, placement.First.Role));
        Assert.Equal(("b", InferType.Decode), (placement.Second!.Value.Instance.InstanceId, placement.Second.Value.Role));
    }

    [Fact]
    public void Pair_SingleInstance_TakesBothRoles()
    {
        SchedulerFixture fixture = Fixture().With(Idle("a"));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Pair("r", out Placement placement));
        Assert.Equal(("a", "a"), (placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId));
        Assert.Equal(1, fixture["a"].Dispatched.Requests);
    }

    [Fact]
    public void Pair_NoInstances_IsNotFound() => Assert.Equal(ScheduleOutcome.EndpointNotFound, Fixture().With().Pair("r", out _));

    [Fact]
    public void Pair_InferTypes_AreNoLimit()
    {
        SchedulerFixture fixture = Fixture().With(Idle("a", InferType.Decode), Idle("b", InferType.Decode));
        Assert.Equal(ScheduleOutcome.Placed, fixture.Pair("r", out Placement placement));
        Assert.NotEqual(placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId);
    }

    /// <summary>Among equals the election goes by what they were deployed for.</summary>
    [Fact]
    public void Election_Idle_PrefersTheDeployedRole()
    {
        SchedulerFixture fixture = Fixture().With(Idle("d", InferType.Decode), Idle("n"), Idle("p", InferType.Prefill));
        fixture.Pair("r", out Placement placement);
        Assert.Equal(("p", "d"), (placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId));
    }

    /// <summary>Kept for decodes: no prefill work. For prefills: no decode work.</summary>
    [Fact]
    public void Election_WorkThere_FollowsIt()
    {
        SchedulerFixture fixture = Fixture().With(Busy("a", batch: 3), Busy("b", waiting: 500), Busy("c", waiting: 200, batch: 2));
        fixture.Pair("r", out Placement placement);
        Assert.Equal(("b", "a"), (placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId));
    }

    [Fact]
    public void Election_ReservedBecomesUnschedulable_AnotherOneIsElected()
    {
        SchedulerFixture fixture = Fixture().With(Idle("a"), Idle("b"), Idle("c"));
        fixture.Pair("1", out _);
        fixture.Update(Idle("b").Later(status: s => s with { Schedulable = false }));
        Assert.Equal("c", fixture.Staged("2", InferType.Decode));
        fixture.Update(Idle("b").Later(1000));
        Assert.Equal("c", fixture.Staged("3", InferType.Decode));
    }

    [Fact]
    public void Prefill_OthersWithoutDecodes_FastestTakesIt()
    {
        SchedulerFixture fixture = Fixture().With(Idle("a"), Idle("c"), Busy("d", batch: 1));
        Assert.Equal("a", fixture.Staged("1", InferType.Prefill));
        Assert.Equal("c", fixture.Staged("2", InferType.Prefill));
        Assert.Equal("a", fixture.Staged("3", InferType.Prefill, tokens: 50));
    }

    [Fact]
    public void Prefill_EverybodyDecodes_GoesToTheReserved()
    {
        SchedulerFixture fixture = Fixture().With(Busy("a", batch: 4), Busy("b", batch: 2), Busy("c", batch: 3));
        Assert.Equal("b", fixture.Staged("1", InferType.Prefill));
    }

    [Theory]
    [InlineData(SloOverload.Spread, "a")]
    [InlineData(SloOverload.Triage, "c")]
    [InlineData(SloOverload.Reject, null)]
    public void Prefill_NobodyMeetsTheTarget_OverloadDecides(SloOverload overload, string? expected)
    {
        SchedulerFixture fixture = Fixture(ttft: 25, overload: overload).With(
            Busy("a", waiting: 200), Idle("b", InferType.Decode), Busy("c", waiting: 900), Busy("d", batch: 1, waiting: 3000));
        fixture.Staged("0", InferType.Decode);
        Assert.Equal(expected, fixture.Staged("r", InferType.Prefill));
    }

    /// <summary>The one kept for decodes fills up first: below 15 ms a batch of 6 fits (13 ms), the 7th (15 ms) goes on.</summary>
    [Fact]
    public void Decode_Batch_IsPackedOntoTheReservedThenOntoTheFullest()
    {
        SchedulerFixture fixture = Fixture(tpot: 15).With(Idle("a"), Idle("b"), Busy("c", batch: 2), Busy("d", batch: 3), Idle("e"));
        List<string?> chosen = [.. Enumerable.Range(0, 9).Select(i => fixture.Staged($"{i}", InferType.Decode))];

        // d is kept for decodes: no prefill work, the largest batch. It takes 3 up to 6; then c, then an idle one; never a, kept for prefills.
        Assert.Equal(["d", "d", "d", "c", "c", "c", "c"], chosen[..7]);
        Assert.All(chosen[7..], id => Assert.Contains(id, new[] { "b", "e" }));
        Assert.Equal(chosen[7], chosen[8]);
    }

    /// <summary>2,000 tokens take 210 ms, more than a step of the target: decodes there would wait.</summary>
    [Fact]
    public void Decode_PrefillBacklog_IsNoPlaceToPack()
    {
        SchedulerFixture fixture = Fixture(tpot: 15).With(Idle("a"), Busy("b", batch: 6), Busy("c", batch: 1, waiting: 2000), Busy("d", batch: 1));
        Assert.Equal("d", fixture.Staged("r", InferType.Decode));
    }

    [Fact]
    public void Decode_NoPlaceToPack_AnInstanceThatPrefillsIsConverted()
    {
        SchedulerFixture fixture = Fixture(tpot: 15).With(
            Busy("a", waiting: 3000), Busy("b", batch: 6), Busy("c", waiting: 900), Busy("d", waiting: 600), Busy("e", batch: 1, waiting: 900));
        Assert.Equal("d", fixture.Staged("r", InferType.Decode));
    }

    [Theory]
    [InlineData(SloOverload.Spread, "c")]
    [InlineData(SloOverload.Triage, "b")]
    [InlineData(SloOverload.Reject, null)]
    public void Decode_NobodyMeetsTheTarget_OverloadDecides(SloOverload overload, string? expected)
    {
        SchedulerFixture fixture = Fixture(tpot: 15, overload: overload).With(Idle("a"), Busy("b", batch: 9), Busy("c", batch: 7), Busy("d", batch: 8));
        Assert.Equal(expected, fixture.Staged("r", InferType.Decode));
    }

    [Fact]
    public void Decode_KvCacheTooFull_IsNoPlaceToPack()
    {
        SchedulerFixture fixture = Fixture().With(
            Idle("a"), Busy("b", batch: 6).Later(status: s => s with { UsedGpuTokens = KvCapacity - ExpectedOutputTokens }), Busy("c", batch: 1));
        Assert.Equal("c", fixture.Staged("r", InferType.Decode));
    }

    [Fact]
    public void Neutral_AnyInferType_EarliestTokenIsSelected()
    {
        SchedulerFixture fixture = Fixture().With(Busy("a", waiting: 500), Idle("b", InferType.Decode));
        Assert.Equal("b", fixture.Neutral("r"));
    }

    private static SchedulerFixture Fixture(double ttft = 1000, double tpot = 100, SloOverload overload = SloOverload.Spread) =>
        AdaptivePdFixture.Fixture(AdaptivePdRules.Plain, ttft, overload, tpot);
}
