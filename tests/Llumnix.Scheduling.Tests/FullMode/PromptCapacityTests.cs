using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.FullMode;

/// <summary>A prompt that is longer than an instance's whole KV cache does not go there.</summary>
public sealed class PromptCapacityTests
{
    public static TheoryData<string> Policies => ["load-balance", "flood", "round-robin", .. SloPolicies];

    private static IEnumerable<string> SloPolicies =>
        from kind in (string[])["slo", "adaptive plain", "adaptive tuned"]
        from overload in Enum.GetNames<SloOverload>()
        select $"{kind} {overload}";

    [Theory]
    [MemberData(nameof(Policies))]
    public void Schedule_Neutral_GoesWhereThePromptFits(string policy)
    {
        SchedulerFixture fixture = Make(policy).With(Small("a"), Small("b"), Large("c"), Small("d"));
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("c", fixture.Neutral($"r{i}", 5000));
            fixture.Release($"r{i}", "c");
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Schedule_EveryInstanceThatFitsIsFull_IsNotPlacedWhereItDoesNotFit(string policy)
    {
        SchedulerFixture fixture = Make(policy).With(Small("a"), Large("c", s => s with
        {
            UsedGpuTokens = 9000, UncomputedTokensAllWaitingPrefills = 8000, SchedulerRunningToDecodeRequests = 80, SchedulerRunningToDecodeTokens = 9000,
        }));
        string? placed = fixture.Neutral("r", 5000);
        Assert.True(placed is "c" or null, placed);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Schedule_Pair_BothInstancesHoldThePrompt(string policy)
    {
        SchedulerFixture fixture = Make(policy).With(
            Small("p1", InferType.Prefill), Large("p2", InferType.Prefill), Small("d1", InferType.Decode), Large("d2", InferType.Decode));
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ScheduleOutcome.Placed, fixture.Pair($"r{i}", out Placement placement, 5000));
            Assert.All(
                (string[])[placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId],
                id => Assert.EndsWith("2", id, StringComparison.Ordinal));
            foreach (string id in (string[])["p2", "d2"])
            {
                fixture.Release($"r{i}", id);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Schedule_Staged_TheStagesInstanceHoldsThePrompt(string policy)
    {
        SchedulerFixture fixture = Make(policy).With(
            Small("p1", InferType.Prefill), Large("p2", InferType.Prefill), Small("d1", InferType.Decode), Large("d2", InferType.Decode));
        Assert.EndsWith("2", fixture.Staged("r", InferType.Prefill, 5000), StringComparison.Ordinal);
        Assert.EndsWith("2", fixture.Staged("r", InferType.Decode, 5000), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Schedule_NobodyHoldsThePrompt_TooLongForGood(string policy)
    {
        SchedulerFixture fixture = Make(policy).With(
            Small("a"), Small("b"), Small("p", InferType.Prefill), Small("d", InferType.Decode));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Neutral("r", out _, 1001));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Pair("r", out _, 1001));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Staged("r", InferType.Prefill, out _, 1001));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Staged("r", InferType.Decode, out _, 1001));
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Schedule_OnlyTheDecodesAreTooSmall_NothingIsAccounted()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Large("p", InferType.Prefill), Small("d", InferType.Decode));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Pair("r", out _, 5000));
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Schedule_ThePromptIsExactlyAsLong_Fits() => Assert.Equal("a", new SchedulerFixture().With(Small("a")).Neutral("r", 1000));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Schedule_UnknownCapacity_ExcludesNobody(int capacity)
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(Small("a"), Of("b", InferType.Neutral, capacity));
        Assert.Equal(["b", "b"], Enumerable.Range(0, 2).Select(i => fixture.Neutral($"r{i}", 5000)));
        Assert.Equal(["a", "b"], Enumerable.Range(0, 2).Select(i => fixture.Neutral($"s{i}", 1000)));
    }

    /// <summary>Asking again is worth it then: the one that could hold it may come back.</summary>
    [Fact]
    public void Schedule_WhoCouldHoldItIsNotHealthy_NoAvailableEndpoint()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Small("a"), Large("b", s => s with { Schedulable = false }));
        Assert.Equal(ScheduleOutcome.NoAvailableEndpoint, fixture.Neutral("r", out _, 5000));
        Assert.Equal(ScheduleOutcome.EndpointNotFound, fixture.Staged("r", InferType.Prefill, out _, 5000));
    }

    [Fact]
    public void Schedule_CapacityChanges_CountsAtOnce()
    {
        InstanceReading a = Small("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Neutral("r", out _, 5000));
        a = a.Later(status: s => s with { TotalGpuTokens = 5000 });
        fixture.Update(a);
        Assert.Equal("a", fixture.Neutral("r", 5000));
        fixture.Update(a.Later(status: s => s with { TotalGpuTokens = 4999 }));
        Assert.Equal(ScheduleOutcome.PromptTooLong, fixture.Neutral("r", out _, 5000));
    }

    /// <summary>A long prompt must not move the instances that are kept for a role to where it fits.</summary>
    [Theory]
    [InlineData(AdaptivePdRules.Plain)]
    [InlineData(AdaptivePdRules.Tuned)]
    public void Schedule_AdaptivePd_ReservesStayWhereTheyAre(AdaptivePdRules rules)
    {
        SchedulerFixture fixture = Make($"adaptive {rules} Triage").With(Small("a"), Small("b"), Large("c"), Large("d"));
        fixture.Pair("first", out _, 100);
        (string?, string?) kept = Kept(fixture);
        Assert.Equal(("a", "b"), kept);
        Assert.Equal(ScheduleOutcome.Placed, fixture.Pair("long", out Placement placement, 5000));
        Assert.All(
            (string[])[placement.First.Instance.InstanceId, placement.Second!.Value.Instance.InstanceId], id => Assert.True(id is "c" or "d", id));
        Assert.Equal(kept, Kept(fixture));
    }

    [Fact]
    public void Explain_TooSmallInstances_AreNamed()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Small("a"), Large("b"), Of("c", InferType.Neutral, 0));
        RoleExplanation role = Explain(fixture, 5000);
        Assert.Equal(
            [("a", "kv_cache_capacity >= prompt", false), ("b", null, false), ("c", null, false)],
            role.Candidates.Select(c => (c.InstanceId, c.DroppedBy, c.IsOnlyUnwanted)));
        Assert.All(Explain(fixture, 1000).Candidates, c => Assert.Null(c.DroppedBy));
    }

    [Fact]
    public void Explain_NobodyHoldsIt_NamesTheOutcome()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Small("a"));
        RoleExplanation role = Explain(fixture, 5000);
        Assert.Equal((ScheduleOutcome.PromptTooLong, null, "kv_cache_capacity >= prompt"), (role.Outcome, role.InstanceId, role.Candidates[0].DroppedBy));
    }

    [Fact]
    public void LiteMode_CapacityIsNotKnown_NobodyIsExcluded() =>
        Assert.Equal("a", new LiteModeFixture().With(LiteModeFixture.Of("a")).Neutral("r", int.MaxValue));

    private static (string? Prefill, string? Decode) Kept(SchedulerFixture fixture)
    {
        var reserved = fixture.Scheduler.CaptureForRescheduling().Facts as ReservedInstances;
        return (reserved?.Prefill, reserved?.Decode);
    }

    private static RoleExplanation Explain(SchedulerFixture fixture, int tokens) =>
        Assert.Single(fixture.Scheduler.Explain(new PlacementRequest("r", SchedulingMode.Neutral, default, tokens)));

    private static SchedulerFixture Make(string policy)
    {
        string[] parts = policy.Split(' ');
        if (parts.Length == 1)
        {
            return new SchedulerFixture(policy);
        }

        return new SchedulerFixture(
            "slo",
            new FullModeOptions { LatencyPredictor = RoundProfile.Predictor, DeferredRequestLifetime = parts[^1] == "Hold" ? TimeSpan.FromMinutes(1) : null },
            new PolicyOptions
            {
                Slo = new SloOptions
                {
                    Ttft = TimeSpan.FromMilliseconds(1e6), Tpot = TimeSpan.FromMilliseconds(1e6), Overload = Enum.Parse<SloOverload>(parts[^1]),
                },
                AdaptivePd = new AdaptivePdOptions
                {
                    IsEnabled = parts[0] == "adaptive",
                    Rules = parts is ["adaptive", "plain" or "Plain", _] ? AdaptivePdRules.Plain : AdaptivePdRules.Tuned,
                },
            });
    }

    private static InstanceReading Small(string id, InferType type = InferType.Neutral) => Of(id, type, 1000);

    private static InstanceReading Large(string id, InferType type = InferType.Neutral) => Of(id, type, 10_000);

    private static InstanceReading Large(string id, Func<InstanceStatus, InstanceStatus> status) => Readings.Of(
        id, status: s => status(s with { TotalGpuTokens = 10_000 }));

    private static InstanceReading Of(string id, InferType type, int capacity) => Readings.Of(id, type, status: s => s with { TotalGpuTokens = capacity });
}
